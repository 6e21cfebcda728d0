using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>The stored actions as an outbox.</summary>
/// <param name="store">The store.</param>
/// <param name="commits">Tells of commits, which may bring something to send.</param>
/// <param name="listening">Since when devices can be heard.</param>
/// <param name="settings">Time limits.</param>
/// <param name="clock">Our clock.</param>
public sealed class ActionOutbox(
    TwinStore store,
    CommitSignal commits,
    Listening listening,
    Settings settings,
    TimeProvider clock
) : IOutbox
{
    /// <summary>How long one sender has a claimed action in hand: longer than any publish takes.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public Task Next => commits.Next;

    /// <inheritdoc />
    public async Task<IReadOnlyList<OutgoingAction>> ClaimAsync(
        int most,
        ExcludedItems excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(excluded);
        if (listening.Since is not { } since)
        {
            return [];
        }

        var now = clock.GetUtcNow().UtcDateTime;
        // A broker that was away has lost the devices' clean sessions: each device is sent to only when it was heard again.
        var heardSince = since > now - settings.Device.OfflineAfter ? since : now - settings.Device.OfflineAfter;
        var ids = excluded.Ids();
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            // Most wake-ups find nothing due: that is seen without a write, whose commit would wake the sender again.
            var due = context.Actions.Where(action => action.DueAt <= now);
            if (ids.Length > 0)
            {
                due = due.Where(action => !EF.Parameter(ids).Contains(action.Id));
            }

            if (!await due.AnyAsync(cancellationToken))
            {
                return [];
            }
        }

        return await store.WriteAsync(
            (context, token) => ClaimAsync(context, now, heardSince, most, ids, excluded.SetAsideIds(), token),
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task MarkSentAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async (context, token) =>
            {
                var now = clock.GetUtcNow().UtcDateTime;
                foreach (var action in await LockAsync(context, messages, token))
                {
                    action.LeaseUntil = null;
                    action.DueAt = action.IsQuestion ? now + settings.Action.RepeatAfter : null;
                    if (action.Status == ActionStatus.Queued)
                    {
                        action.Status = ActionStatus.Sent;
                        action.SentAt = now;
                        action.UpdatedAt = now;
                        action.ExpiresAt = now + settings.Action.Timeout;
                        context.Add(Changes.Of(action, TwinChange.ByService, now));
                    }
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task ReleaseAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async (context, token) =>
            {
                foreach (var action in await LockAsync(context, messages, token))
                {
                    action.LeaseUntil = null;
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task DeferAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async (context, token) =>
            {
                var dueAt = clock.GetUtcNow().UtcDateTime + settings.Action.SubscriberPause;
                foreach (var action in await LockAsync(context, messages, token))
                {
                    action.LeaseUntil = null;
                    // A job may have held it back meanwhile.
                    action.DueAt = action.DueAt is null ? null : dueAt;
                }
            },
            cancellationToken
        );

    private static async Task<IReadOnlyList<OutgoingAction>> ClaimAsync(
        TwinDbContext context,
        DateTime now,
        DateTime heardSince,
        int most,
        long[] excluded,
        long[] setAside,
        CancellationToken cancellationToken
    )
    {
        var due = await OutboxStatements.ClaimDueAsync(
            context,
            now,
            heardSince,
            now + Lease,
            most,
            excluded,
            setAside,
            cancellationToken
        );
        return
        [
            .. due.OrderBy(action => action.Id)
                .Select(action => new OutgoingAction(
                    action.Id,
                    action.ActionId,
                    action.DeviceId,
                    action.Kind,
                    action.Snap,
                    action.Data
                )),
        ];
    }

    private static Task<List<DeviceAction>> LockAsync(
        TwinDbContext context,
        IReadOnlyList<OutgoingAction> actions,
        CancellationToken cancellationToken
    ) => OutboxStatements.LockOpenAsync(context, [.. actions.Select(action => action.RowId)], cancellationToken);
}
