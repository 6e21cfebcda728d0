using DeviceTwin.Data.SetAside;
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

    /// <summary>Open actions whose time is over.</summary>
    /// <param name="context">The context.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Actions to leave out: <see cref="DeviceAction.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<ExpiredAction>> ExpiredAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var without = Exclusion.Without(context, "id", excluded, parameter: 2);
        // Without an order: it could make the planner read the whole table by its key to find none, which is the usual answer.
        var sql = $$"""
            select id, device_id, organization_id from action
            where status in (0, 1) and expires_at <= {0}{{without}} limit {1}
            """;
        return context
            .Database.SqlQueryRaw<ExpiredAction>(sql, now, most, Exclusion.Parameter(context, excluded))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Reads and holds those of these actions that are open and whose time is over, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="ids">Their <see cref="DeviceAction.Id"/>.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DeviceAction>> LockExpiredAsync(
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
                select * from action where id = any({ids}) and status + 0 in (0, 1) and expires_at <= {now}
                order by id for no key update skip locked
                """
            )
            : context
                .Actions.Where(action => EF.Parameter(ids).Contains(action.Id))
                .Where(action =>
                    (action.Status == ActionStatus.Queued || action.Status == ActionStatus.Sent)
                    && action.ExpiresAt <= now
                )
                .OrderBy(action => action.Id);
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
}

/// <summary>An open action whose time is over.</summary>
/// <param name="Id"><see cref="DeviceAction.Id"/>.</param>
/// <param name="DeviceId">Its device.</param>
/// <param name="OrganizationId">Its organization.</param>
public sealed record ExpiredAction(long Id, string DeviceId, string OrganizationId);
