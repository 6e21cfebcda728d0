using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
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
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class Reconciler(
    TwinStore store,
    SyncStates syncStates,
    Questions questions,
    Settings settings,
    TimeProvider clock,
    ILogger<Reconciler> logger
) : RepeatedWork(TimeSpan.FromMilliseconds(500), clock, logger)
{
    private const int Batch = 100;

    private static readonly ActionKind[] Changing =
    [
        .. Enum.GetValues<ActionKind>().Where(kind => kind.ChangesSnaps()),
    ];

    private readonly TimeProvider clock = clock;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        long[] unsent;
        List<string> due;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            unsent = await UnsentToAbsentAsync(context, cancellationToken);
            due =
                await RoomAsync(context, cancellationToken) > 0
                    ? await SyncStatements.DueAsync(context, now, Batch, cancellationToken)
                    : [];
        }

        if (unsent.Length > 0)
        {
            const string Why = "The device went away before it was sent; what to do is decided anew when it is back.";
            await store.WriteAsync(
                (write, token) => UnsentActions.CancelAsync(write, unsent, Why, now, token),
                cancellationToken
            );
        }

        return due.Count > 0
            && await store.WriteAsync((write, token) => StepAsync(write, due, token), cancellationToken);
    }

    private async Task<int> RoomAsync(TwinDbContext context, CancellationToken cancellationToken) =>
        settings.Desired.Concurrency
        - await ActionStatements.Open(context).CountAsync(action => action.IsReconciliation, cancellationToken);

    // What waits for a device that went away would be sent when it is back, whatever it then is: it is decided anew instead,
    // and holds no place among those under way.
    private static Task<long[]> UnsentToAbsentAsync(TwinDbContext context, CancellationToken cancellationToken) =>
        ActionStatements
            .Open(context)
            .Where(action => action.IsReconciliation && action.Status == ActionStatus.Queued)
            .Where(action =>
                context.Devices.Any(device =>
                    device.DeviceId == action.DeviceId && device.Heartbeat.Connectivity != Connectivity.Online
                )
            )
            .Select(action => action.Id)
            .Take(Batch)
            .ToArrayAsync(cancellationToken);

    private async Task<bool> StepAsync(TwinDbContext context, List<string> due, CancellationToken cancellationToken)
    {
        if (!await SyncStatements.TryTakeTurnAsync(context, cancellationToken))
        {
            return false;
        }

        string[] deviceIds = [.. due.Take(await RoomAsync(context, cancellationToken))];
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
            return false;
        }

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
        return due.Count == Batch;
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
}
