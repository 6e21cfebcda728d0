using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>
/// Devices that the workers of desired state could not handle: their status is FAILED and says why. They are tried again when somebody asks for it, and
/// as soon as something about them changes.
/// </summary>
public static class SyncFailures
{
    private const int ReasonLength = 500;

    private static readonly string[] Workers = [WorkerNames.StaleDevices, WorkerNames.Reconciler];

    /// <summary>Names a device as an item.</summary>
    /// <param name="device">The device.</param>
    public static FailedItem Describe(DueDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new FailedItem(SetAsideItem.KeyOf(device.TwinId), device.OrganizationId, device.DeviceId);
    }

    /// <summary>Writes why a device is not handled.</summary>
    /// <param name="store">The store.</param>
    /// <param name="twinId">The twin.</param>
    /// <param name="fault">What the last try threw.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public static Task NoteAsync(
        TwinStore store,
        long twinId,
        Exception fault,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.WriteAsync(
            async (context, token) =>
            {
                var syncs = await SyncStatements.LockAsync(context, [twinId], token);
                var device = await context
                    .Devices.AsNoTracking()
                    .SingleOrDefaultAsync(device => device.Id == twinId && device.DeletedAt == null, token);
                if (device is null || !syncs.TryGetValue(twinId, out var sync))
                {
                    return;
                }

                var ledger = new FleetLedger(context);
                var before = sync.Count;
                sync.Status = SyncStatus.Failed;
                sync.Reason = ReasonOf(fault);
                ledger.Move(device, before, sync.Count);
                ledger.Write();
                context.Add(Changes.Of(device, ChangeKinds.Desired, TwinChange.ByService, now));
            },
            cancellationToken
        );
    }

    /// <summary>Something about these devices has changed: those of them that are set aside are tried again.</summary>
    /// <param name="context">The context, in the transaction of the change.</param>
    /// <param name="twinIds">The twins; only those whose status was FAILED need to be named.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task ReleaseAsync(
        TwinDbContext context,
        IReadOnlyCollection<long> twinIds,
        CancellationToken cancellationToken
    ) => SetAsideReleases.ReleaseAsync(context, Workers, twinIds, cancellationToken);

    private static string ReasonOf(Exception fault)
    {
        var reason = "The service could not handle this device: " + StoreFault.Reason(fault);
        reason = reason.Replace("\0", "", StringComparison.Ordinal);
        return reason.Length > ReasonLength ? reason[..ReasonLength] : reason;
    }
}
