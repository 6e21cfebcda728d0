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

    /// <summary>Whether committed changes behind a place cannot be read yet, because an older transaction is still open.</summary>
    /// <param name="context">The context.</param>
    /// <param name="position">The place.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<bool> AnyHeldBackAsync(
        TwinDbContext context,
        ChangePosition position,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        // In the order of the index: PostgreSQL expects a third of the table there, and would look for the first of them from its other end.
        return context.IsPostgres
            && await context
                .Changes.FromSql(
                    $"""
                    select * from twin_change where (transaction_id, id) > ({position.TransactionId}, {position.Id})
                    order by transaction_id, id limit 1
                    """
                )
                .AnyAsync(cancellationToken);
    }

    private static IQueryable<TwinChange> Settled(TwinDbContext context, ChangePosition position)
    {
        ArgumentNullException.ThrowIfNull(context);
        // On SQLite every transaction id is 0, and saying so lets its index serve both the filter and the order.
        var rows = context.IsPostgres
            ? context.Changes.FromSql(
                $"""
                select * from twin_change
                where (transaction_id, id) > ({position.TransactionId}, {position.Id})
                  and transaction_id < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
                """
            )
            : context.Changes.Where(change => change.TransactionId == 0 && change.Id > position.Id);
        return rows.AsNoTracking();
    }
}
