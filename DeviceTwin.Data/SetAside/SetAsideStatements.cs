using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.SetAside;

/// <summary>Statements on set-aside items.</summary>
public static class SetAsideStatements
{
    /// <summary>Drops the oldest messages of a device, those that are being retried excepted. Gives how many.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="kept">How many of the newest stay.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<int> DropOldestAsync(
        TwinDbContext context,
        string deviceId,
        int kept,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from set_aside_item
            where device_id = {deviceId} and payload is not null and retry_at is null and id not in (
              select id from set_aside_item where device_id = {deviceId} and payload is not null and retry_at is null
              order by id desc limit {kept})
            """,
            cancellationToken
        );
    }

    /// <summary>Reads and holds messages that are to be tried again, the oldest first, leaving out those that another process holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<SetAsideItem>> LockRetriesAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.SetAsideItems.FromSql(
                $"""
                select * from set_aside_item where retry_at <= {now} and payload is not null
                order by id limit {most} for update skip locked
                """
            )
            : context
                .SetAsideItems.Where(item => item.RetryAt <= now && item.Payload != null)
                .OrderBy(item => item.Id)
                .Take(most);
        return rows.ToListAsync(cancellationToken);
    }
}
