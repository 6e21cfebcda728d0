using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Desired;

/// <summary>Statements that hold desired documents on their way to devices.</summary>
public static class DocumentStatements
{
    /// <summary>Reads and holds documents that are due to be published, the longest waiting first, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Documents to leave out: <see cref="DesiredDocument.TwinId"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DesiredDocument>> LockDueAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var without = Exclusion.Without(context, "twin_id", excluded, parameter: 2);
        var hold = context.IsPostgres ? " for no key update skip locked" : "";
        var sql = $$"""
            select * from desired_document
            where due_at <= {0} and (lease_until is null or lease_until <= {0}){{without}}
            order by due_at, twin_id limit {1}{{hold}}
            """;
        return context
            .DesiredDocuments.FromSqlRaw(sql, now, most, Exclusion.Parameter(context, excluded))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Whether a document is due to be published.</summary>
    /// <param name="context">The context.</param>
    /// <param name="now">The instant.</param>
    /// <param name="excluded">Documents to leave out: <see cref="DesiredDocument.TwinId"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<bool> AnyDueAsync(
        TwinDbContext context,
        DateTime now,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var due = context.DesiredDocuments.Where(document => document.DueAt <= now);
        return excluded.Length == 0
            ? due.AnyAsync(cancellationToken)
            : due.AnyAsync(document => !EF.Parameter(excluded).Contains(document.TwinId), cancellationToken);
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
