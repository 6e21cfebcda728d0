using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Desired;

/// <summary>Names a layer of desired state.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Kind">Whose layer it is.</param>
/// <param name="Name">The device's id, or the group's or model's name.</param>
public readonly record struct LayerId(string OrganizationId, LayerKind Kind, string Name);

/// <summary>Loads layers of desired state.</summary>
/// <param name="store">The store.</param>
public sealed class LayerLoader(TwinStore store) : BatchLoader<LayerId, DesiredLayer>
{
    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<LayerId, DesiredLayer>> FetchAsync(
        IReadOnlyList<LayerId> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var found = new Dictionary<LayerId, DesiredLayer>();
        foreach (var wanted in keys.GroupBy(key => key with { Name = "" }))
        {
            var (organizationId, kind, _) = wanted.Key;
            string[] names = [.. wanted.Select(key => key.Name)];
            var layers = await context
                .DesiredLayers.AsNoTracking()
                .Where(layer => layer.OrganizationId == organizationId && layer.Kind == kind)
                .Where(layer => names.Contains(layer.Name))
                .ToListAsync(cancellationToken);
            layers.ForEach(layer => found.Add(wanted.Key with { Name = layer.Name }, layer));
        }

        return found;
    }
}

/// <summary>Loads what devices should be, and what they are.</summary>
/// <param name="store">The store.</param>
public sealed class TwinStateLoader(TwinStore store) : BatchLoader<Device, TwinState>
{
    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<Device, TwinState>> FetchAsync(
        IReadOnlyList<Device> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        // A device that an operation meets on two ways was read twice.
        Device[] devices = [.. keys.DistinctBy(device => device.Id)];
        var states = await TwinStates.ReadAsync(context, devices, cancellationToken);
        return keys.ToDictionary(device => device, device => states[device.Id]);
    }
}

/// <summary>Loads reported properties by twin.</summary>
/// <param name="store">The store.</param>
public sealed class ReportedStateLoader(TwinStore store) : BatchLoader<long, ReportedState>
{
    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<long, ReportedState>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .ReportedStates.AsNoTracking()
            .Where(state => keys.Contains(state.TwinId))
            .ToDictionaryAsync(state => state.TwinId, cancellationToken);
    }
}

/// <summary>Loads how far devices are from what is desired of them, by twin.</summary>
/// <param name="store">The store.</param>
public sealed class SyncLoader(TwinStore store) : BatchLoader<long, DeviceSync>
{
    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<long, DeviceSync>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .Syncs.AsNoTracking()
            .Where(sync => keys.Contains(sync.TwinId))
            .ToDictionaryAsync(sync => sync.TwinId, cancellationToken);
    }
}
