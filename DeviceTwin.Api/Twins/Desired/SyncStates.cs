using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>
/// Keeps how far devices are from what is desired of them: worked out in the transaction of whatever moves it, and stored, so that
/// filters and counts need not work it out.
/// </summary>
/// <param name="settings">How often and how soon steps are tried again.</param>
/// <param name="clock">Our clock.</param>
public sealed class SyncStates(Settings settings, TimeProvider clock)
{
    private readonly Planner planner = new(
        new RetryRules(settings.Desired.Attempts, settings.Desired.Backoff),
        ProtectedSnaps.Of(settings.Desired).Contains
    );

    /// <summary>Works out one device anew. Gives <see cref="ChangeKinds.Desired"/> when its status or reason moved.</summary>
    /// <inheritdoc cref="RefreshAsync(TwinDbContext, IReadOnlyCollection{Device}, ChangeKinds, CancellationToken)" />
    public async Task<ChangeKinds> RefreshAsync(
        TwinDbContext context,
        Device device,
        ChangeKinds because,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(device);
        var refreshed = await RefreshAsync(context, [device], because, cancellationToken);
        return refreshed[device.Id].HasMoved ? ChangeKinds.Desired : ChangeKinds.None;
    }

    /// <summary>Works out devices anew, by <see cref="Device.Id"/>. What the transaction has changed so far is saved first.</summary>
    /// <param name="context">The context, in the transaction that moves the devices.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="because">
    /// What has changed. <see cref="ChangeKinds.Desired"/> starts all attempts anew, <see cref="ChangeKinds.Snaps"/> those of a device that
    /// was given up. Devices that are marked start anew, too, and the log is told by whom, whoever comes first to work them out.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyDictionary<long, Refreshed>> RefreshAsync(
        TwinDbContext context,
        IReadOnlyCollection<Device> devices,
        ChangeKinds because,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(devices);
        await context.SaveChangesAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        long[] twinIds = [.. devices.Select(device => device.Id)];
        var syncs = await SyncStatements.LockAsync(context, twinIds, cancellationToken);
        var states = await TwinStates.ReadAsync(context, devices, cancellationToken);
        var since = syncs.Values.Select(sync => sync.AttemptsSince).DefaultIfEmpty(now).Min();
        var actions = await ReadActionsAsync(context, devices, since, cancellationToken);
        var ledger = new FleetLedger(context);
        var refreshed = new Dictionary<long, Refreshed>();
        var stale = new List<long>();
        var gaveUp = new List<long>();
        foreach (var device in devices)
        {
            var (sync, state) = (syncs[device.Id], states[device.Id]);
            var before = (sync.Count, sync.Status, sync.Reason);
            if (before.Status == SyncStatus.Failed && (because != ChangeKinds.None || sync.MarkedBy is not null))
            {
                gaveUp.Add(device.Id);
            }

            if (sync.MarkedBy is { } by && device.DeletedAt is null)
            {
                context.Add(Changes.Of(device, ChangeKinds.Desired, by, now));
            }

            if (StartsAnew(sync, because))
            {
                sync.AttemptsSince = now;
            }

            var plan = Apply(sync, state, actions[device.DeviceId], now);
            if (sync.Status == SyncStatus.InSync && before.Status != SyncStatus.InSync)
            {
                // Drift that comes later is another story: what once led here does not count as tried in vain.
                sync.AttemptsSince = now;
            }

            stale.AddRange(actions[device.DeviceId].Where(action => IsStale(action, plan)).Select(action => action.Id));
            if (device.DeletedAt is null)
            {
                ledger.Move(device, before.Count, sync.Count);
            }

            refreshed.Add(device.Id, new Refreshed(plan, before != (sync.Count, sync.Status, sync.Reason)));
        }

        ledger.Write();
        await SyncFailures.ReleaseAsync(context, gaveUp, cancellationToken);
        await CancelAsync(context, stale, now, cancellationToken);
        await DesiredDocuments.WriteAsync(context, states, now, cancellationToken);
        return refreshed;
    }

    /// <summary>Marks devices whose groups changed: they are worked out in the background, and count as unknown until then.</summary>
    /// <param name="context">The context, in the transaction that moves the devices.</param>
    /// <param name="twinIds">The twins: <see cref="Device.Id"/>. Those that are out of sight by now stay as they are.</param>
    /// <param name="by">Who moved them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task MarkAsync(
        TwinDbContext context,
        long[] twinIds,
        string by,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var syncs = await SyncStatements.LockAsync(context, twinIds, cancellationToken);
        // Read only now: who deletes a device, or moves it to another model, counts it with its row held.
        var devices = await context
            .Devices.AsNoTracking()
            .Where(device => twinIds.Contains(device.Id) && device.DeletedAt == null)
            .ToListAsync(cancellationToken);
        var ledger = new FleetLedger(context);
        var gaveUp = new List<long>();
        foreach (var device in devices)
        {
            var sync = syncs[device.Id];
            if (sync.Status == SyncStatus.Failed)
            {
                gaveUp.Add(device.Id);
            }

            ledger.Move(device, sync.Count, SyncCount.Unknown);
            sync.MarkedBy = by;
            sync.Status = SyncStatus.Pending;
            sync.Reason = null;
        }

        ledger.Write();
        await SyncFailures.ReleaseAsync(context, gaveUp, cancellationToken);
    }

    private static bool StartsAnew(DeviceSync sync, ChangeKinds because) =>
        sync.MarkedBy is not null
        || because.HasFlag(ChangeKinds.Desired)
        || (because.HasFlag(ChangeKinds.Snaps) && sync.Status == SyncStatus.Failed);

    private Plan Apply(DeviceSync sync, TwinState state, IEnumerable<DeviceAction> actions, DateTime now)
    {
        var attempts = actions
            .Where(action => action.CreatedAt >= sync.AttemptsSince)
            .Where(action => action.Status is ActionStatus.Completed or ActionStatus.Failed or ActionStatus.TimedOut)
            .Select(Attempt.Of)
            .ToList();
        var plan = planner.Next(state.Desired, state.Reported.Snaps, attempts, now);
        var hasFailed = plan is { Next: null, RetryAt: null, GivenUp: not null };
        sync.MarkedBy = null;
        sync.Status =
            hasFailed ? SyncStatus.Failed
            : Drift.Between(state.Desired, state.Reported).Count > 0 ? SyncStatus.Pending
            : SyncStatus.InSync;
        sync.Reason = hasFailed ? plan.GivenUp : null;
        // Who waits for a place among those under way keeps it.
        sync.ReconcileAt =
            plan.Next is null ? plan.RetryAt
            : sync.ReconcileAt < now ? sync.ReconcileAt
            : now;
        return plan;
    }

    // An action that has not been sent, and that nothing asks for any more.
    private static bool IsStale(DeviceAction action, Plan plan) =>
        action.Status == ActionStatus.Queued && plan.Next != new Step(action.Kind, action.Snap!, action.Data);

    private static async Task CancelAsync(
        TwinDbContext context,
        List<long> actionIds,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        const string Why = "The desired state does not ask for it any more.";
        if (actionIds.Count > 0)
        {
            await UnsentActions.CancelAsync(context, [.. actionIds], Why, now, cancellationToken);
        }
    }

    private static async Task<ILookup<string, DeviceAction>> ReadActionsAsync(
        TwinDbContext context,
        IReadOnlyCollection<Device> devices,
        DateTime since,
        CancellationToken cancellationToken
    )
    {
        string[] deviceIds = [.. devices.Select(device => device.DeviceId)];
        var actions = await context
            .Actions.AsNoTracking()
            .Where(action => action.IsReconciliation && deviceIds.Contains(action.DeviceId))
            .Where(action => action.CreatedAt >= since && action.Status != ActionStatus.Cancelled)
            .OrderBy(action => action.Id)
            .ToListAsync(cancellationToken);
        return actions.ToLookup(action => action.DeviceId, StringComparer.Ordinal);
    }
}

/// <summary>What came of working out a device.</summary>
/// <param name="Plan">What to do about its snaps.</param>
/// <param name="HasMoved">Whether its status, its reason or its count moved.</param>
public sealed record Refreshed(Plan Plan, bool HasMoved);
