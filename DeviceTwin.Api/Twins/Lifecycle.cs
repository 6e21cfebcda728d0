using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Data.Groups;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Takes twins out of sight and brings them back.</summary>
/// <param name="store">The store.</param>
/// <param name="syncStates">Works out how far a device in sight is from what is desired of it.</param>
/// <param name="clock">Our clock.</param>
public sealed class Lifecycle(TwinStore store, SyncStates syncStates, TimeProvider clock)
{
    /// <summary>Takes a twin out of sight: out of its groups, its queued actions cancelled, its messages ignored.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="by">Who asks for it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<Device>> DeleteAsync(
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

                var now = clock.GetUtcNow().UtcDateTime;
                var change = Changes.Of(device, ChangeKinds.Deleted, by, now);
                change.GroupsLeft = await HideAsync(context, device, now, by, token);
                context.Add(change);
                return device;
            },
            cancellationToken
        );

    /// <summary>Brings a twin back into sight, as it was but for its groups.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="by">Who asks for it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<Device>> RestoreAsync(
        string organizationId,
        string deviceId,
        string by,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync<Outcome<Device>>(
            async (context, token) =>
            {
                var device = await DeviceStatements.LockAsync(context, deviceId, token);
                if (device is null || device.OrganizationId != organizationId)
                {
                    return new DeviceNotFound(deviceId);
                }

                if (device.DeletedAt is null)
                {
                    return device;
                }

                device.DeletedAt = null;
                var ledger = new FleetLedger(context);
                var connectivity = await HeartbeatStatements.LockConnectivityAsync(context, device.Id, token);
                var sync = (await SyncStatements.LockAsync(context, [device.Id], token))[device.Id];
                ledger.Add(device, connectivity, sync.Count);
                ledger.Write();
                await syncStates.RefreshAsync(context, device, ChangeKinds.Desired, token);
                await DesiredDocuments.PublishAgainAsync(context, device, clock.GetUtcNow().UtcDateTime, token);
                context.Add(Changes.Of(device, ChangeKinds.Restored, by, clock.GetUtcNow().UtcDateTime));
                return device;
            },
            cancellationToken
        );

    /// <summary>A device has unregistered: its twin goes out of sight with the transaction of its answer.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin.</param>
    /// <param name="action">The action that it answered.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The names of the groups that it was in; null for none.</returns>
    public static Task<IReadOnlyList<string>?> DeleteAsync(
        TwinDbContext context,
        Device device,
        DeviceAction action,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(action);
        return HideAsync(context, device, action.UpdatedAt, TwinChange.ByDevice, cancellationToken);
    }

    private static async Task<IReadOnlyList<string>?> HideAsync(
        TwinDbContext context,
        Device device,
        DateTime now,
        string by,
        CancellationToken cancellationToken
    )
    {
        device.DeletedAt = now;
        var ledger = new FleetLedger(context);
        var connectivity = await HeartbeatStatements.LockConnectivityAsync(context, device.Id, cancellationToken);
        var sync = (await SyncStatements.LockAsync(context, [device.Id], cancellationToken))[device.Id];
        ledger.Remove(device, connectivity, sync.Count);
        ledger.Write();
        await DesiredDocuments.PublishAgainAsync(context, device, now, cancellationToken);
        var left = await GroupStatements.LeaveAllAsync(context, device, cancellationToken);
        var queued = await context
            .Actions.Where(action => action.DeviceId == device.DeviceId && action.Status == ActionStatus.Queued)
            .ToListAsync(cancellationToken);
        // The answer that deletes the device can be here before its action is marked sent: that one has just been completed.
        foreach (var action in queued.Where(action => action.Status == ActionStatus.Queued))
        {
            action.End(ActionStatus.Cancelled, "The device was deleted.", now);
            context.Add(Changes.Of(action, by, now));
        }

        return left.Count > 0 ? left : null;
    }
}
