using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>
/// Brings devices to what is desired of them. Each round looks at devices that are due, as they are now, and asks each for its
/// next single step; the step's answer and a fresh snap list make the device due again. No plan is kept.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="syncStates">Works out what to do.</param>
/// <param name="questions">Asks for fresh snap lists.</param>
/// <param name="settings">How many devices are under way at once.</param>
/// <param name="workers">Isolate devices for which that fails.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class Reconciler(
    TwinStore store,
    SyncStates syncStates,
    Questions questions,
    Settings settings,
    Workers workers,
    TimeProvider clock,
    ILogger<Reconciler> logger
)
    : RepeatedWork(
        WorkerNames.Reconciler,
        TimeSpan.FromMilliseconds(500),
        workers.Progress,
        StoreFault.Outage,
        clock,
        logger
    )
{
    private const int Batch = 100;

    // An action that is to be cancelled is an item of its own beside its device, whose key is its id alone.
    private const string UnsentKey = "unsent/";

    private static readonly ActionKind[] Changing =
    [
        .. Enum.GetValues<ActionKind>().Where(kind => kind.ChangesSnaps()),
    ];

    private readonly TimeProvider clock = clock;
    private readonly WorkerItems items = workers.Of(WorkerNames.Reconciler);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var excluded = await items.ExcludedAsync(cancellationToken);
        List<UnsentAction> unsent;
        List<DueDevice> due;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            unsent = await UnsentToAbsentAsync(context, excluded.Ids(UnsentKey), cancellationToken);
            due =
                await RoomAsync(context, cancellationToken) > 0
                    ? await SyncStatements.DueAsync(context, now, Batch, excluded.Ids(), cancellationToken)
                    : [];
        }

        await items.HandleAsync(
            unsent,
            action => new FailedItem(UnsentKey + action.Id, action.OrganizationId, action.DeviceId),
            (some, token) => store.WriteAsync((context, write) => CancelAsync(context, some, now, write), token),
            cancellationToken
        );
        var looked = 0;
        await items.HandleAsync(
            due,
            SyncFailures.Describe,
            async (some, token) =>
                looked += await store.WriteAsync((context, write) => StepAsync(context, some, write), token),
            cancellationToken,
            (device, fault, token) => SyncFailures.NoteAsync(store, device.TwinId, fault, now, token)
        );
        return looked > 0 && due.Count == Batch;
    }

    private static Task CancelAsync(
        TwinDbContext context,
        IReadOnlyList<UnsentAction> unsent,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        const string Why = "The device went away before it was sent; what to do is decided again when it is back.";
        return UnsentActions.CancelAsync(context, [.. unsent.Select(action => action.Id)], Why, now, cancellationToken);
    }

    private async Task<int> RoomAsync(TwinDbContext context, CancellationToken cancellationToken) =>
        settings.Desired.Concurrency
        - await ActionStatements.Open(context).CountAsync(action => action.IsReconciliation, cancellationToken);

    // What waits for a device that went away would be sent when it is back, whatever it then is: it is decided again instead,
    // and holds no place among those under way.
    private static Task<List<UnsentAction>> UnsentToAbsentAsync(
        TwinDbContext context,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        var queued = ActionStatements
            .Open(context)
            .Where(action => action.IsReconciliation && action.Status == ActionStatus.Queued);
        if (excluded.Length > 0)
        {
            queued = queued.Where(action => !EF.Parameter(excluded).Contains(action.Id));
        }

        return queued
            .Where(action =>
                context.Devices.Any(device =>
                    device.DeviceId == action.DeviceId && device.Heartbeat.Connectivity != Connectivity.Online
                )
            )
            .Select(action => new UnsentAction(action.Id, action.OrganizationId, action.DeviceId))
            .Take(Batch)
            .ToListAsync(cancellationToken);
    }

    private async Task<int> StepAsync(
        TwinDbContext context,
        IReadOnlyList<DueDevice> due,
        CancellationToken cancellationToken
    )
    {
        if (!await SyncStatements.TryTakeTurnAsync(context, cancellationToken))
        {
            return 0;
        }

        string[] deviceIds =
        [
            .. due.Take(await RoomAsync(context, cancellationToken)).Select(device => device.DeviceId),
        ];
        // Whoever is held is being changed by its answer, or by somebody's wish, and is looked at in the next round.
        var devices = await DeviceStatements.LockFreeAsync(context, deviceIds, cancellationToken);
        var busy = await SyncStatements
            .ActionsInTheWay(context)
            .Where(action => deviceIds.Contains(action.DeviceId))
            .Select(action => action.DeviceId)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        devices.RemoveAll(device => device.DeletedAt is not null || busy.Contains(device.DeviceId));
        if (devices.Count == 0)
        {
            return 0;
        }

        devices.ForEach(device => items.Reach(device.DeviceId));
        var refreshed = await syncStates.RefreshAsync(context, devices, ChangeKinds.None, cancellationToken);
        var lastEnds = await LastEndsAsync(context, deviceIds, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var actions = new List<DeviceAction>();
        foreach (var device in devices)
        {
            var (plan, hasMoved) = refreshed[device.Id];
            if (hasMoved)
            {
                context.Add(Changes.Of(device, ChangeKinds.Desired, TwinChange.ByService, now));
            }

            if (plan.Next is not { } step)
            {
                continue;
            }

            if (IsFresh(device.SnapsReportedAt, plan, lastEnds.GetValueOrDefault(device.DeviceId), now))
            {
                actions.Add(New(device, step));
            }
            else
            {
                questions.Ask(context, device, ActionKind.List, now);
            }
        }

        context.AddRange(actions);
        await context.SaveChangesAsync(cancellationToken);
        context.AddRange(actions.Select(action => Changes.Of(action, TwinChange.ByService, now)));
        return devices.Count;
    }

    // A list decides only when it is newer than everything that may have changed the device's snaps, and a further try only
    // when its time has come: what was asked for may have taken until then.
    private bool IsFresh(DateTime? listedAt, Plan plan, DateTime lastEnd, DateTime now) =>
        listedAt > lastEnd && listedAt >= now - settings.Desired.ListAge && !(listedAt < plan.ListedSince);

    private static Task<Dictionary<string, DateTime>> LastEndsAsync(
        TwinDbContext context,
        string[] deviceIds,
        CancellationToken cancellationToken
    ) =>
        context
            .Actions.Where(action => deviceIds.Contains(action.DeviceId) && Changing.Contains(action.Kind))
            .Where(action =>
                action.Status == ActionStatus.Completed
                || action.Status == ActionStatus.Failed
                || action.Status == ActionStatus.TimedOut
            )
            .GroupBy(action => action.DeviceId)
            .Select(ends => new { DeviceId = ends.Key, At = ends.Max(action => action.UpdatedAt) })
            .ToDictionaryAsync(ends => ends.DeviceId, ends => ends.At, StringComparer.Ordinal, cancellationToken);

    private DeviceAction New(Device device, Step step)
    {
        var now = clock.GetUtcNow();
        var action = ActionRows.Queued(
            new ActionRequest(device.OrganizationId, device.DeviceId, step.Kind, step.Snap, step.Data),
            TwinChange.ByService,
            now,
            now.UtcDateTime + settings.Action.QueueTimeToLive
        );
        action.IsReconciliation = true;
        return action;
    }

    private sealed record UnsentAction(long Id, string OrganizationId, string DeviceId);
}
