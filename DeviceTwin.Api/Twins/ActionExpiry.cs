using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins;

/// <summary>Gives up actions whose time is over.</summary>
/// <param name="store">The store.</param>
/// <param name="workers">Isolate actions that cannot be ended.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class ActionExpiry(TwinStore store, Workers workers, TimeProvider clock, ILogger<ActionExpiry> logger)
    : RepeatedWork(
        WorkerNames.ActionExpiry,
        TimeSpan.FromSeconds(1),
        workers.Progress,
        StoreFault.Outage,
        clock,
        logger
    )
{
    private const int Batch = 1_000;
    private readonly TimeProvider clock = clock;
    private readonly WorkerItems items = workers.Of(WorkerNames.ActionExpiry);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var excluded = (await items.ExcludedAsync(cancellationToken)).Ids();
        List<ExpiredAction> expired;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            expired = await ActionStatements.ExpiredAsync(context, now, Batch, excluded, cancellationToken);
        }

        var ended = 0;
        await items.HandleAsync(
            expired,
            action => new FailedItem(SetAsideItem.KeyOf(action.Id), action.OrganizationId, action.DeviceId),
            async (some, token) =>
                ended += await store.WriteAsync((context, write) => EndAsync(context, some, now, write), token),
            cancellationToken
        );
        return ended > 0 && expired.Count == Batch;
    }

    private async Task<int> EndAsync(
        TwinDbContext context,
        IReadOnlyList<ExpiredAction> expired,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        long[] ids = [.. expired.Select(action => action.Id)];
        var actions = await ActionStatements.LockExpiredAsync(context, ids, now, cancellationToken);
        foreach (var action in actions)
        {
            items.Reach(action.DeviceId);
            var reason =
                action.Status == ActionStatus.Sent ? "The device did not answer in time." : ActionRows.NotHeard;
            action.End(ActionStatus.TimedOut, reason, now);
            context.Add(Changes.Of(action, TwinChange.ByService, now));
        }

        return actions.Count;
    }
}
