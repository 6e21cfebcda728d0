using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Actions;

/// <summary>Statements that hold actions' rows.</summary>
public static class ActionStatements
{
    /// <summary>Actions that have not ended.</summary>
    /// <param name="context">The context.</param>
    public static IQueryable<DeviceAction> Open(TwinDbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Actions.Where(action =>
            action.Status == ActionStatus.Queued || action.Status == ActionStatus.Sent
        );
    }

    /// <summary>Reads actions by their <see cref="DeviceAction.ActionId"/> and holds their rows until the transaction ends.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="actionIds">The ids that travel to devices and back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<Dictionary<string, DeviceAction>> LockAsync(
        TwinDbContext context,
        string[] actionIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Actions.FromSql(
                $"select * from action where action_id = any({actionIds}) order by id for no key update"
            )
            : context.Actions.Where(action => actionIds.Contains(action.ActionId));
        return rows.ToDictionaryAsync(action => action.ActionId, StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>Reads and holds open actions whose time is over, the oldest first, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DeviceAction>> LockExpiredAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Actions.FromSql(
                $"""
                select * from action where status in (0, 1) and expires_at <= {now}
                order by id limit {most} for no key update skip locked
                """
            )
            : context
                .Actions.Where(action =>
                    (action.Status == ActionStatus.Queued || action.Status == ActionStatus.Sent)
                    && action.ExpiresAt <= now
                )
                .OrderBy(action => action.Id)
                .Take(most);
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>Reads and holds actions that were claimed, those that are still open.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="ids">Their <see cref="DeviceAction.Id"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<DeviceAction>> LockOpenAsync(
        TwinDbContext context,
        long[] ids,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Actions.FromSql(
                $"select * from action where id = any({ids}) and status in (0, 1) order by id for no key update"
            )
            : context.Actions.Where(action =>
                ids.Contains(action.Id) && (action.Status == ActionStatus.Queued || action.Status == ActionStatus.Sent)
            );
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>Reads the row ids of actions that were inserted.</summary>
    /// <param name="context">The context.</param>
    /// <param name="actions">The actions; each gets its <see cref="DeviceAction.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task ReadIdsAsync(
        TwinDbContext context,
        IReadOnlyCollection<DeviceAction> actions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var actionIds = actions.Select(action => action.ActionId).ToArray();
        var ids = await context
            .Actions.Where(action => EF.Parameter(actionIds).Contains(action.ActionId))
            .Select(action => new { action.ActionId, action.Id })
            .ToDictionaryAsync(action => action.ActionId, action => action.Id, cancellationToken);
        foreach (var action in actions)
        {
            action.Id = ids[action.ActionId];
        }
    }

    /// <summary>Reads and holds these actions, those that are QUEUED and not on their way, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="ids">Their <see cref="DeviceAction.Id"/>.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DeviceAction>> LockQueuedAsync(
        TwinDbContext context,
        long[] ids,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Actions.FromSql(
                $"""
                select * from action where id = any({ids}) and status = 0 and (lease_until is null or lease_until <= {now})
                order by id for no key update skip locked
                """
            )
            : context.Actions.Where(action =>
                ids.Contains(action.Id)
                && action.Status == ActionStatus.Queued
                && (action.LeaseUntil == null || action.LeaseUntil <= now)
            );
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Reads and holds actions that are due to be published, at most one for each device (its oldest), of devices that are
    /// online and were heard since <paramref name="heardSince"/>.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant.</param>
    /// <param name="heardSince">What was not heard since then may be away: what is published to it would be lost.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DeviceAction>> LockDueAsync(
        TwinDbContext context,
        DateTime now,
        DateTime heardSince,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var sql = context.IsPostgres ? Due + " for no key update of a skip locked" : Due;
        return context.Actions.FromSqlRaw(sql, now, heardSince, most).ToListAsync(cancellationToken);
    }

    private const string Due = """
        select a.* from action a
        where a.due_at <= {0} and a.status in (0, 1) and (a.lease_until is null or a.lease_until <= {0})
          and (exists (select 1 from device d join device_heartbeat h on h.twin_id = d.id
                       where d.device_id = a.device_id and d.deleted_at is null
                         and h.connectivity = 1 and h.last_seen_at >= {1})
            or exists (select 1 from enrollment e where e.device_id = a.device_id and e.last_seen_at >= {1}))
          and not exists (select 1 from action b
                          where b.device_id = a.device_id and b.id < a.id and b.status = 0 and b.due_at <= {0})
        order by a.id limit {2}
        """;
}
