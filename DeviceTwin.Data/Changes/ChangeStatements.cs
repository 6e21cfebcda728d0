using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Changes;

/// <summary>Reads the change log in the order of its commits.</summary>
public static class ChangeStatements
{
    /// <summary>
    /// The changes behind a place, in order, up to the oldest transaction that is still open: what such a transaction commits
    /// later may come before what is committed already. (PostgreSQL counts open transactions of all databases of the server.)
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="position">The place.</param>
    public static IQueryable<TwinChange> After(TwinDbContext context, ChangePosition position) =>
        Settled(context, position).OrderBy(change => change.TransactionId).ThenBy(change => change.Id);

    /// <summary>The place of the newest change that can be read; <see cref="ChangePosition.Beginning"/> when there is none.</summary>
    /// <param name="context">The context.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<ChangePosition> NewestAsync(TwinDbContext context, CancellationToken cancellationToken) =>
        Settled(context, ChangePosition.Beginning)
            .OrderByDescending(change => change.TransactionId)
            .ThenByDescending(change => change.Id)
            .Select(change => new ChangePosition(change.TransactionId, change.Id))
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>The place of the oldest change that is kept; null when there is none.</summary>
    /// <param name="context">The context.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<ChangePosition?> OldestAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .Changes.OrderBy(change => change.TransactionId)
            .ThenBy(change => change.Id)
            .Select(change => (ChangePosition?)new ChangePosition(change.TransactionId, change.Id))
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The changes of every organization that come next, with one look at the log.</summary>
    /// <param name="context">The context.</param>
    /// <param name="position">The place behind which to read.</param>
    /// <param name="most">How many to read at most, those that are held back included.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<NextChanges> NextAsync(
        TwinDbContext context,
        ChangePosition position,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsPostgres)
        {
            var all = await After(context, position).Take(most).ToListAsync(cancellationToken);
            return new NextChanges(all, IsFull: all.Count == most, IsHeldBack: false);
        }

        var oldestOpen = context.Database.SqlQuery<long>(
            $"""select (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint as "Value" """
        );
        var rows = await Committed(context, position)
            .OrderBy(change => change.TransactionId)
            .ThenBy(change => change.Id)
            .Take(most)
            .Select(change => new { Change = change, IsSettled = change.TransactionId < oldestOpen.Single() })
            .ToListAsync(cancellationToken);
        var settled = rows.TakeWhile(row => row.IsSettled).Select(row => row.Change).ToList();
        return new NextChanges(settled, IsFull: settled.Count == most, IsHeldBack: settled.Count < rows.Count);
    }

    /// <summary>
    /// The changes behind a place with which devices came into groups or went out of them, in order; those of them, too, that
    /// cannot be told yet because an older transaction is still open.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="position">The place.</param>
    public static IQueryable<TwinChange> GroupMovesAfter(
        TwinDbContext context,
        string organizationId,
        ChangePosition position
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return Committed(context, position)
            .Where(change => change.OrganizationId == organizationId)
            .Where(change => change.GroupsJoined != null || change.GroupsLeft != null)
            .OrderBy(change => change.TransactionId)
            .ThenBy(change => change.Id);
    }

    private static IQueryable<TwinChange> Committed(TwinDbContext context, ChangePosition position)
    {
        // On SQLite every transaction id is 0, and saying so lets its index serve both the filter and the order.
        var rows = context.IsPostgres
            ? context.Changes.FromSql(
                $"select * from twin_change where (transaction_id, id) > ({position.TransactionId}, {position.Id})"
            )
            : context.Changes.Where(change => change.TransactionId == 0 && change.Id > position.Id);
        return rows.AsNoTracking();
    }

    private static IQueryable<TwinChange> Settled(TwinDbContext context, ChangePosition position)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.IsPostgres
            ? context
                .Changes.FromSql(
                    $"""
                    select * from twin_change
                    where (transaction_id, id) > ({position.TransactionId}, {position.Id})
                      and transaction_id < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
                    """
                )
                .AsNoTracking()
            : Committed(context, position);
    }
}

/// <summary>What comes next in the change log.</summary>
/// <param name="Changes">What can be read, in order.</param>
/// <param name="IsFull">More may be there to be read.</param>
/// <param name="IsHeldBack">Committed changes behind them cannot be read yet, because an older transaction is still open.</param>
public sealed record NextChanges(IReadOnlyList<TwinChange> Changes, bool IsFull, bool IsHeldBack);
