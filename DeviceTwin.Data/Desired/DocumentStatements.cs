using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Desired;

/// <summary>Statements that hold desired documents on their way to devices.</summary>
public static class DocumentStatements
{
    /// <summary>Reads and holds documents that are due to be published, the longest waiting first, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DesiredDocument>> LockDueAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.DesiredDocuments.FromSql(
                $"""
                select * from desired_document
                where due_at <= {now} and (lease_until is null or lease_until <= {now})
                order by due_at, twin_id limit {most} for no key update skip locked
                """
            )
            : context
                .DesiredDocuments.Where(document =>
                    document.DueAt <= now && (document.LeaseUntil == null || document.LeaseUntil <= now)
                )
                .OrderBy(document => document.DueAt)
                .ThenBy(document => document.TwinId)
                .Take(most);
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>Reads and holds these documents.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="twinIds">The twins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<List<DesiredDocument>> LockAsync(
        TwinDbContext context,
        long[] twinIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.DesiredDocuments.FromSql(
                $"select * from desired_document where twin_id = any({twinIds}) order by twin_id for no key update"
            )
            : context.DesiredDocuments.Where(document => twinIds.Contains(document.TwinId));
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>All documents that are not due are due now.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task SetAllDueAsync(TwinDbContext context, DateTime now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .DesiredDocuments.Where(document => document.DueAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(document => document.DueAt, now), cancellationToken);
    }
}
