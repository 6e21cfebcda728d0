using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Actions;

/// <summary>Statements over actions on their way to devices.</summary>
public static class OutboxStatements
{
    // What is ready is looked at in the order in which it became due, and no further than needed ("offset 0" keeps PostgreSQL from looking at all of it
    // first): the cost is that of the actions that are claimed and of those before them whose devices are away. "status + 0" leaves the indexes of open
    // actions aside: in a burst they are full of rows that have moved on, while PostgreSQL takes them for as short as at its last "analyze". So does
    // "connectivity + 0" with the index of those that are online, which it would read once for each action. An action that is due later waits for its device
    // to subscribe, and those behind it wait with it; a question that is due later was meant for later.
    private const string Due = """
        with ready as materialized (
          select id, device_id from action
          where due_at <= {0} and status + 0 in (0, 1) and (lease_until is null or lease_until <= {0})/* excluded */
          order by due_at
        ), due as materialized (
          select r.id from ready r
          where (exists (select 1 from device d join device_heartbeat h on h.twin_id = d.id
                         where d.device_id = r.device_id and d.deleted_at is null
                           and h.connectivity + 0 = 1 and h.last_seen_at >= {1} limit 1 offset 0)
              or exists (select 1 from enrollment e
                         where e.device_id = r.device_id and e.last_seen_at >= {1} limit 1 offset 0))
            and not exists (select 1 from action b
                            where b.device_id = r.device_id and b.id < r.id and b.status = 0
                              and (b.due_at <= {0} or (b.due_at is not null and not b.is_question))/* passed */
                            limit 1 offset 0)
          limit {2}
        )
        """;

    private const string ClaimSqlite =
        Due + " update action set lease_until = {3} where id in (select id from due) returning *";

    // Another sender may have taken one since: locking looks again.
    private const string ClaimPostgres =
        Due
        + """
            , held as materialized (
              select id from action
              where id = any(array(select id from due)) and status + 0 in (0, 1)
                and (lease_until is null or lease_until <= {0})
              for no key update skip locked
            )
            update action set lease_until = {3} where id = any(array(select id from held)) returning *
            """;

    /// <summary>
    /// Takes in hand actions that are due to be published, at most one for each device (its oldest), of devices that are
    /// online and were heard since <paramref name="heardSince"/>. Gives them, untracked.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant.</param>
    /// <param name="heardSince">What was not heard since then may be away: what is published to it would be lost.</param>
    /// <param name="leaseUntil">Until when they are in hand.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Actions to leave out; the later ones of their devices wait behind them.</param>
    /// <param name="setAside">Those of them behind which nothing waits.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DeviceAction>> ClaimDueAsync(
        TwinDbContext context,
        DateTime now,
        DateTime heardSince,
        DateTime leaseUntil,
        int most,
        long[] excluded,
        long[] setAside,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        ArgumentNullException.ThrowIfNull(setAside);
        var sql = (context.IsPostgres ? ClaimPostgres : ClaimSqlite)
            .Replace(
                "/* excluded */",
                Exclusion.Without(context, "id", excluded, parameter: 4),
                StringComparison.Ordinal
            )
            .Replace(
                "/* passed */",
                Exclusion.Without(context, "b.id", setAside, parameter: 5),
                StringComparison.Ordinal
            );
        return context
            .Actions.FromSqlRaw(
                sql,
                now,
                heardSince,
                most,
                leaseUntil,
                Exclusion.Parameter(context, excluded),
                Exclusion.Parameter(context, setAside)
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
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
                $"select * from action where id = any({ids}) and status + 0 in (0, 1) order by id for no key update"
            )
            : ActionStatements.Open(context).Where(action => ids.Contains(action.Id));
        return rows.ToListAsync(cancellationToken);
    }
}
