using System.Text.Json;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Jobs;

/// <summary>Statements over jobs and their lists of devices. None of them grows in number with the devices.</summary>
public static class JobStatements
{
    private const string Next = """
        select t.twin_id, d.device_id, d.deleted_at is not null or d.organization_id <> {1} as is_gone
        from job_device t join device d on d.id = t.twin_id join device_heartbeat h on h.twin_id = t.twin_id
        where t.job_id = {0} and t.state = 0
          and ({2} or h.connectivity = 1 or d.deleted_at is not null or d.organization_id <> {1})
        """;

    /// <summary>Reads a job and holds its row until the transaction ends; null where there is none.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="jobId"><see cref="Job.JobId"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Job?> LockAsync(TwinDbContext context, string jobId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Jobs.FromSql($"select * from job where job_id = {jobId} for no key update")
            : context.Jobs.Where(job => job.JobId == jobId);
        return (await rows.ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>The jobs that are to be looked at, the longest waiting first.</summary>
    /// <param name="context">The context.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Jobs to leave out: <see cref="Job.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DueJob>> DueAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var due = context.Jobs.Where(job => job.FinishedAt == null && job.LookAt <= now);
        if (excluded.Length > 0)
        {
            due = due.Where(job => !EF.Parameter(excluded).Contains(job.Id));
        }

        return due.OrderBy(job => job.LookAt)
            .Take(most)
            .Select(job => new DueJob(job.Id, job.JobId, job.OrganizationId))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Reads and holds a job that has not finished; null where it has, or where somebody else holds it.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="id"><see cref="Job.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<Job?> LockRunningAsync(TwinDbContext context, long id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Jobs.FromSql(
                $"select * from job where id = {id} and finished_at is null for no key update skip locked"
            )
            : context.Jobs.Where(job => job.Id == id && job.FinishedAt == null);
        return (await rows.ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>Writes a job's list of devices, all of them waiting.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="jobId"><see cref="Job.Id"/>.</param>
    /// <param name="twinIds">The devices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task AddDevicesAsync(
        TwinDbContext context,
        long jobId,
        long[] twinIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.IsPostgres
            ? context.Database.ExecuteSqlAsync(
                $"insert into job_device (job_id, twin_id, state) select {jobId}, twin_id, 0 from unnest({twinIds}) as twin_id",
                cancellationToken
            )
            : context.Database.ExecuteSqlAsync(
                $"insert into job_device (job_id, twin_id, state) select {jobId}, value, 0 from json_each({JsonSerializer.Serialize(twinIds)})",
                cancellationToken
            );
    }

    /// <summary>
    /// The devices of a job that have an action and are not counted yet: first all that are under way, then those held back,
    /// of a running job only those that have ended or are online again.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="job">The job.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<StartedDevice>> ReadStartedAsync(
        TwinDbContext context,
        Job job,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(job);
        var isStopped = job.Status != JobStatus.Running;
        var started =
            from row in context.JobDevices
            where row.JobId == job.Id && (row.State == JobDeviceState.UnderWay || row.State == JobDeviceState.Held)
            join action in context.Actions on row.ActionRowId equals action.Id
            join heartbeat in context.Heartbeats on row.TwinId equals heartbeat.TwinId
            let isOnline = heartbeat.Connectivity == Connectivity.Online
            where
                row.State == JobDeviceState.UnderWay
                || (action.Status != ActionStatus.Queued && action.Status != ActionStatus.Sent)
                || isOnline
                || isStopped
            orderby row.State, action.Status descending, action.UpdatedAt, action.Id
            select new StartedDevice(row.TwinId, row.State, action.Id, action.Status, action.UpdatedAt, isOnline);
        return started.Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Holds the next devices whose turn it is, leaving out those that somebody else holds: those that are online and those that
    /// are gone.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="job">The job.</param>
    /// <param name="alsoOffline">Whether those that are offline are wanted, too.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Twins to leave out: <see cref="Device.Id"/>.</param>
    /// <param name="only">Only these twins; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<NextDevice>> LockNextAsync(
        TwinDbContext context,
        Job job,
        bool alsoOffline,
        int most,
        long[] excluded,
        long[]? only,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(excluded);
        var among =
            only is null ? ""
            : context.IsPostgres ? " and t.twin_id = any({5})"
            : " and t.twin_id in (select value from json_each({5}))";
        var sql =
            Next
            + Exclusion.Without(context, "t.twin_id", excluded, parameter: 4)
            + among
            + " order by t.twin_id limit {3}"
            + (context.IsPostgres ? " for no key update of d skip locked" : "");
        return context
            .Database.SqlQueryRaw<NextDevice>(
                sql,
                job.Id,
                job.OrganizationId,
                alsoOffline,
                most,
                Exclusion.Parameter(context, excluded),
                Exclusion.Parameter(context, only ?? [])
            )
            .ToListAsync(cancellationToken);
    }

    /// <summary>Notes the devices' actions.</summary>
    /// <param name="context">The context, in a transaction that holds the job.</param>
    /// <param name="jobId"><see cref="Job.Id"/>.</param>
    /// <param name="state">How far these devices have come.</param>
    /// <param name="twinIds">The devices.</param>
    /// <param name="actionRowIds">The action of each.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task NoteActionsAsync(
        TwinDbContext context,
        long jobId,
        JobDeviceState state,
        long[] twinIds,
        long[] actionRowIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.IsPostgres)
        {
            return context.Database.ExecuteSqlAsync(
                $"""
                update job_device t set state = {(int)state}, action_row_id = b.action_row_id
                from unnest({twinIds}, {actionRowIds}) as b(twin_id, action_row_id)
                where t.job_id = {jobId} and t.twin_id = b.twin_id
                """,
                cancellationToken
            );
        }

        // The job's id comes with each row, so that SQLite looks up each device's row rather than each of the job's rows in the list.
        var rows = JsonSerializer.Serialize(
            twinIds.Zip(actionRowIds, (twinId, actionRowId) => new[] { jobId, twinId, actionRowId })
        );
        return context.Database.ExecuteSqlAsync(
            $"""
            update job_device set state = {(int)state}, action_row_id = b.action_row_id
            from (select value ->> 0 as job_id, value ->> 1 as twin_id, value ->> 2 as action_row_id
                  from json_each({rows})) as b
            where job_device.job_id = b.job_id and job_device.twin_id = b.twin_id
            """,
            cancellationToken
        );
    }

    /// <summary>Moves devices of a job to a state.</summary>
    /// <param name="context">The context, in a transaction that holds the job.</param>
    /// <param name="jobId"><see cref="Job.Id"/>.</param>
    /// <param name="state">The state.</param>
    /// <param name="twinIds">The devices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task MoveAsync(
        TwinDbContext context,
        long jobId,
        JobDeviceState state,
        long[] twinIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .JobDevices.Where(row => row.JobId == jobId && EF.Parameter(twinIds).Contains(row.TwinId))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, state), cancellationToken);
    }

    /// <summary>Whether a job has devices that have an action and are not counted yet.</summary>
    /// <param name="context">The context.</param>
    /// <param name="jobId"><see cref="Job.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<bool> AnyOpenAsync(TwinDbContext context, long jobId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.JobDevices.AnyAsync(
            row => row.JobId == jobId && (row.State == JobDeviceState.UnderWay || row.State == JobDeviceState.Held),
            cancellationToken
        );
    }
}

/// <summary>A job that is to be looked at.</summary>
/// <param name="Id"><see cref="Job.Id"/>.</param>
/// <param name="JobId"><see cref="Job.JobId"/>.</param>
/// <param name="OrganizationId">Its organization.</param>
public sealed record DueJob(long Id, string JobId, string OrganizationId);

/// <summary>A device of a job that has its action.</summary>
/// <param name="TwinId"><see cref="Device.Id"/>.</param>
/// <param name="State">How far the job knows it has come.</param>
/// <param name="ActionRowId"><see cref="DeviceAction.Id"/>.</param>
/// <param name="Status">How far its action has come.</param>
/// <param name="UpdatedAt">When its action's status last moved.</param>
/// <param name="IsOnline">Whether it is heard.</param>
public sealed record StartedDevice(
    long TwinId,
    JobDeviceState State,
    long ActionRowId,
    ActionStatus Status,
    DateTime UpdatedAt,
    bool IsOnline
)
{
    /// <summary>Whether its action has ended.</summary>
    public bool HasEnded => Status is not (ActionStatus.Queued or ActionStatus.Sent);
}

/// <summary>A device of a job whose turn it is.</summary>
/// <param name="TwinId"><see cref="Device.Id"/>.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="IsGone">Whether the organization does not see it any more.</param>
public sealed record NextDevice(long TwinId, string DeviceId, bool IsGone);
