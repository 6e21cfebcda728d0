using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Retention;

/// <summary>Deletes what is older than it is to be kept, a bounded number of rows at a time.</summary>
public static class RetentionStatements
{
    /// <summary>
    /// Deletes the oldest rows of the change log, in its order, and leaves the newest of those that may go: it marks how far
    /// the log has been let go of, so that whoever has read up to there can still go on. Gives how many went.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="before">The instant (UTC).</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<int> DeleteChangesAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        // Only a run from the log's beginning goes, even where clocks were not in step with commits: a row goes when its
        // successor, and all before that, are too old. A reader's place with a row at or before it has no gap behind it.
        var looked = most + 1;
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from twin_change where id in (
              select id from (
                select id, max(at) over (order by transaction_id, id rows between unbounded preceding and 1 following) as latest,
                       lead(id) over (order by transaction_id, id) as successor
                from (select id, transaction_id, at from twin_change order by transaction_id, id limit {looked}) as oldest
              ) as run
              where latest < {before} and successor is not null)
            """,
            cancellationToken
        );
    }

    /// <summary>Deletes actions that have ended, but not those that a job still counts. Gives how many went.</summary>
    /// <inheritdoc cref="DeleteChangesAsync" />
    public static Task<int> DeleteActionsAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from action where id in (
              select id from (select id, updated_at, status, job_id from action order by id limit {most}) as oldest
              where updated_at < {before} and status not in (0, 1)
                and not exists (select 1 from job where job.job_id = oldest.job_id and job.finished_at is null))
            """,
            cancellationToken
        );
    }

    /// <summary>Deletes jobs that have finished, and before them their lists of devices. Gives how many rows went.</summary>
    /// <inheritdoc cref="DeleteChangesAsync" />
    public static async Task<int> DeleteJobsAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var devices = await context.Database.ExecuteSqlAsync(
            $"""
            delete from job_device where (job_id, twin_id) in (
              select t.job_id, t.twin_id from job_device t join job j on j.id = t.job_id
              where j.finished_at < {before} limit {most})
            """,
            cancellationToken
        );
        var jobs = await context.Database.ExecuteSqlAsync(
            $"""
            delete from job where id in (
              select id from job where finished_at < {before}
                and not exists (select 1 from job_device where job_device.job_id = job.id) limit {most})
            """,
            cancellationToken
        );
        return devices + jobs;
    }

    /// <summary>Deletes transitions between online and offline. Gives how many went.</summary>
    /// <inheritdoc cref="DeleteChangesAsync" />
    public static Task<int> DeletePresenceAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from connectivity_change where id in (
              select id from (select id, at from connectivity_change order by id limit {most}) as oldest
              where at < {before})
            """,
            cancellationToken
        );
    }

    /// <summary>Forgets devices that fell silent without telling who they are. Gives how many went.</summary>
    /// <inheritdoc cref="DeleteChangesAsync" />
    public static Task<int> DeleteEnrollmentsAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from enrollment where device_id in (
              select device_id from enrollment where last_seen_at < {before} limit {most})
            """,
            cancellationToken
        );
    }

    /// <summary>Deletes items that were set aside. Gives how many went.</summary>
    /// <inheritdoc cref="DeleteChangesAsync" />
    public static Task<int> DeleteSetAsideItemsAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from set_aside_item where id in (
              select id from (select id, set_aside_at from set_aside_item order by id limit {most}) as oldest
              where set_aside_at < {before})
            """,
            cancellationToken
        );
    }

    /// <summary>Folds the ledger of fleet counts into one row for each model.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task FoldFleetCountsAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        const string Columns = "organization_id, brand, model, total, online, offline, never_seen, in_sync, drifted";
        const string Sums =
            "select organization_id, brand, model, sum(total), sum(online), sum(offline), sum(never_seen), sum(in_sync), sum(drifted)";
        const string Any =
            "having sum(total) <> 0 or sum(online) <> 0 or sum(offline) <> 0 or sum(never_seen) <> 0 or sum(in_sync) <> 0 or sum(drifted) <> 0";
        if (context.IsPostgres)
        {
            await context.Database.ExecuteSqlRawAsync(
                $"""
                with gone as (
                  delete from fleet_count where id in (select id from fleet_count for update skip locked) returning {Columns})
                insert into fleet_count ({Columns}) {Sums} from gone group by 1, 2, 3
                {Any}
                """,
                cancellationToken
            );
            return;
        }

        var last = await context.FleetCounts.MaxAsync(count => (long?)count.Id, cancellationToken) ?? 0;
        await context.Database.ExecuteSqlRawAsync(
            $"""
            insert into fleet_count ({Columns}) {Sums} from fleet_count group by 1, 2, 3
            {Any}
            """,
            cancellationToken
        );
        await context.FleetCounts.Where(count => count.Id <= last).ExecuteDeleteAsync(cancellationToken);
    }
}
