using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>A device's own layer of desired state.</summary>
/// <param name="store">The store.</param>
/// <param name="syncStates">Works out how far the device then is.</param>
/// <param name="settings">Name the snaps that must stay.</param>
/// <param name="clock">Our clock.</param>
public sealed class DeviceDesired(TwinStore store, SyncStates syncStates, Settings settings, TimeProvider clock)
{
    private readonly ProtectedSnaps protectedSnaps = ProtectedSnaps.Of(settings.Desired);

    /// <summary>Applies a merge patch (RFC 7396) to the device's own desired properties.</summary>
    /// <param name="key">The device, and who asks.</param>
    /// <param name="patch">An object; null deletes a key.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Device>> PatchPropertiesAsync(
        LayerKey key,
        JsonElement patch,
        CancellationToken cancellationToken
    )
    {
        if (DesiredRules.CheckProperties("patch", patch) is { } invalid)
        {
            return invalid;
        }

        return await ChangeAsync(
            key,
            (_, _, layer, _) =>
            {
                var merged = MergePatch.Apply(layer.Properties, patch);
                if (PropertyLimits.CheckSize(merged) is { } tooLarge)
                {
                    return Task.FromResult<TwinError?>(new InvalidInput("patch", tooLarge.Message));
                }

                layer.Properties = merged;
                return Task.FromResult<TwinError?>(null);
            },
            cancellationToken
        );
    }

    /// <summary>Adds snaps to the device's own desired snaps; those of the same name are replaced.</summary>
    /// <param name="key">The device, and who asks.</param>
    /// <param name="snaps">The snaps.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Device>> SetSnapsAsync(
        LayerKey key,
        IReadOnlyList<DesiredSnap> snaps,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(snaps);
        if (DesiredRules.CheckSnaps(snaps, protectedSnaps) is { } invalid)
        {
            return invalid;
        }

        return await ChangeAsync(
            key,
            async (context, device, layer, token) =>
            {
                var reported = await context
                    .Snaps.Where(snap => snap.TwinId == device.Id)
                    .AsNoTracking()
                    .ToListAsync(token);
                if (DesiredRules.CheckRevisions(snaps, reported) is { } pinned)
                {
                    return pinned;
                }

                var names = snaps.Select(snap => snap.Name).ToHashSet(StringComparer.Ordinal);
                layer.Snaps = DesiredJson.Write([.. Without(layer, names), .. snaps]);
                return null;
            },
            cancellationToken
        );
    }

    /// <summary>Takes snaps out of the device's own desired snaps; what is installed stays.</summary>
    /// <param name="key">The device, and who asks.</param>
    /// <param name="names">The snaps' names.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Device>> ClearSnapsAsync(
        LayerKey key,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        if (DesiredRules.CheckNames(names) is { } invalid)
        {
            return invalid;
        }

        return await ChangeAsync(
            key,
            (_, _, layer, _) =>
            {
                layer.Snaps = DesiredJson.Write([.. Without(layer, names.ToHashSet(StringComparer.Ordinal))]);
                return Task.FromResult<TwinError?>(null);
            },
            cancellationToken
        );
    }

    /// <summary>Tries again what was given up, or waits for its next try.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="by">Who asks for it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<Device>> RetryAsync(
        string organizationId,
        string deviceId,
        string by,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync<Outcome<Device>>(
            async (context, token) =>
            {
                if (await DeviceStatements.LockVisibleAsync(context, organizationId, deviceId, token) is not { } device)
                {
                    return new DeviceNotFound(deviceId);
                }

                await syncStates.RefreshAsync(context, device, ChangeKinds.Desired, token);
                context.Add(Changes.Of(device, ChangeKinds.Desired, by, clock.GetUtcNow().UtcDateTime));
                return device;
            },
            cancellationToken
        );

    private Task<Outcome<Device>> ChangeAsync(
        LayerKey key,
        Func<TwinDbContext, Device, DesiredLayer, CancellationToken, Task<TwinError?>> change,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync<Outcome<Device>>(
            async (context, token) =>
            {
                if (
                    await DeviceStatements.LockVisibleAsync(context, key.OrganizationId, key.Name, token)
                    is not { } device
                )
                {
                    return new DeviceNotFound(key.Name);
                }

                var layer = await LayerStatements.LockAsync(
                    context,
                    key.OrganizationId,
                    LayerKind.Device,
                    key.Name,
                    token
                );
                TwinError? error = key.Conflict(layer);
                error ??= await change(context, device, layer, token);
                if (error is not null)
                {
                    return error;
                }

                var now = clock.GetUtcNow().UtcDateTime;
                layer.Touch(key.By, now);
                await syncStates.RefreshAsync(context, device, ChangeKinds.Desired, token);
                context.Add(Changes.Of(device, ChangeKinds.Desired, key.By, now));
                return device;
            },
            cancellationToken
        );

    private static IEnumerable<DesiredSnap> Without(DesiredLayer layer, HashSet<string> names) =>
        DesiredJson.Read(layer.Snaps).Where(snap => !names.Contains(snap.Name));
}
