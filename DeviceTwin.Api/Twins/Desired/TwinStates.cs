using System.Text.Json;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What a device should be, and what it is.</summary>
/// <param name="Desired">Its layers as one.</param>
/// <param name="Reported">What the desired state is compared with: of its snaps those that a layer names.</param>
public sealed record TwinState(MergedState Desired, ReportedTwin Reported);

/// <summary>Reads what is desired and reported, for many devices with as many statements as for one. Query, filter's columns, subscription and reconciler all read here.</summary>
public static class TwinStates
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    /// <summary>The merged desired state of each device, by <see cref="Device.Id"/>.</summary>
    /// <param name="context">The context.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<Dictionary<long, MergedState>> ReadDesiredAsync(
        TwinDbContext context,
        IReadOnlyCollection<Device> devices,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(devices);
        long[] twinIds = [.. devices.Select(device => device.Id)];
        var memberships = await context
            .GroupMembers.Where(member => twinIds.Contains(member.TwinId))
            .Join(
                context.Groups,
                member => member.GroupId,
                group => group.Id,
                (member, group) => new { member.TwinId, group.Name }
            )
            .ToListAsync(cancellationToken);
        var groups = memberships.ToLookup(member => member.TwinId, member => member.Name);
        string[] organizationIds = [.. devices.Select(device => device.OrganizationId).Distinct()];
        string[] deviceIds = [.. devices.Select(device => device.DeviceId)];
        string[] models = [.. devices.Select(device => device.Model).Distinct()];
        string[] groupNames = [.. memberships.Select(member => member.Name).Distinct()];
        var rows = await context
            .DesiredLayers.AsNoTracking()
            .Where(layer => organizationIds.Contains(layer.OrganizationId))
            .Where(layer =>
                (layer.Kind == LayerKind.Device && deviceIds.Contains(layer.Name))
                || (layer.Kind == LayerKind.Model && models.Contains(layer.Name))
                || (layer.Kind == LayerKind.Group && groupNames.Contains(layer.Name))
            )
            .ToListAsync(cancellationToken);
        var layers = rows.ToDictionary(row => (row.OrganizationId, row.Kind, row.Name), Layer.Of);
        return devices.ToDictionary(
            device => device.Id,
            device => LayerMerge.Merge(LayersOf(device, groups[device.Id], layers))
        );
    }

    /// <summary>The desired state of each device with what it is compared with, by <see cref="Device.Id"/>.</summary>
    /// <inheritdoc cref="ReadDesiredAsync" />
    public static async Task<Dictionary<long, TwinState>> ReadAsync(
        TwinDbContext context,
        IReadOnlyCollection<Device> devices,
        CancellationToken cancellationToken
    )
    {
        var desired = await ReadDesiredAsync(context, devices, cancellationToken);
        var snaps = await ReadSnapsAsync(context, desired, cancellationToken);
        var properties = await ReadPropertiesAsync(context, desired, cancellationToken);
        return desired.ToDictionary(
            state => state.Key,
            state => new TwinState(
                state.Value,
                new ReportedTwin([.. snaps[state.Key]], properties.GetValueOrDefault(state.Key, Nothing))
            )
        );
    }

    private static IEnumerable<Layer> LayersOf(
        Device device,
        IEnumerable<string> groups,
        Dictionary<(string, LayerKind, string), Layer> layers
    )
    {
        (LayerKind Kind, string Name)[] keys =
        [
            (LayerKind.Model, device.Model),
            .. groups.Select(name => (LayerKind.Group, name)),
            (LayerKind.Device, device.DeviceId),
        ];
        foreach (var (kind, name) in keys)
        {
            if (layers.TryGetValue((device.OrganizationId, kind, name), out var layer))
            {
                yield return layer;
            }
        }
    }

    private static async Task<ILookup<long, Snap>> ReadSnapsAsync(
        TwinDbContext context,
        Dictionary<long, MergedState> desired,
        CancellationToken cancellationToken
    )
    {
        long[] twinIds = [.. desired.Where(state => state.Value.Snaps.Count > 0).Select(state => state.Key)];
        string[] names = [.. desired.Values.SelectMany(state => state.Snaps).Select(snap => snap.Snap.Name).Distinct()];
        var snaps =
            twinIds.Length == 0
                ? []
                : await context
                    .Snaps.AsNoTracking()
                    .Where(snap => twinIds.Contains(snap.TwinId) && names.Contains(snap.Name))
                    .ToListAsync(cancellationToken);
        return snaps.ToLookup(snap => snap.TwinId);
    }

    private static async Task<Dictionary<long, JsonElement>> ReadPropertiesAsync(
        TwinDbContext context,
        Dictionary<long, MergedState> desired,
        CancellationToken cancellationToken
    )
    {
        long[] twinIds = [.. desired.Where(state => state.Value.Properties.Count > 0).Select(state => state.Key)];
        return twinIds.Length == 0
            ? []
            : await context
                .ReportedStates.AsNoTracking()
                .Where(state => twinIds.Contains(state.TwinId))
                .ToDictionaryAsync(
                    state => state.TwinId,
                    state => StoredJson.Read(state.Properties),
                    cancellationToken
                );
    }
}
