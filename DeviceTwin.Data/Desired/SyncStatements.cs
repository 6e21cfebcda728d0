using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Desired;

/// <summary>
/// Holds the rows that say how far devices are. Whoever changes one reads it here first, in the order of twins, and reads what it
/// decides by only after that: so nobody overwrites what another has just marked.
/// </summary>
public static class SyncStatements
{
    // Any number that no other program takes for a lock in the same database.
    private const long ReconcilerTurn = 0x7265636f6e63696c;

    /// <summary>Reads these rows and holds them until the transaction ends.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="twinIds">The twins: <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<Dictionary<long, DeviceSync>> LockAsync(
        TwinDbContext context,
        long[] twinIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Syncs.FromSql(
                $"select * from device_sync where twin_id = any({twinIds}) order by twin_id for no key update"
            )
            : context.Syncs.Where(sync => twinIds.Contains(sync.TwinId));
        return rows.ToDictionaryAsync(sync => sync.TwinId, cancellationToken);
    }

    /// <summary>The devices that are marked.</summary>
    /// <param name="context">The context.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Twins to leave out: <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DueDevice>> MarkedAsync(
        TwinDbContext context,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var without = Exclusion.Without(context, "twin_id", excluded, parameter: 1);
        // The limit comes first, so that the planner looks the devices up instead of reading all of them.
        var sql = $$"""
            select s.twin_id, d.device_id, d.organization_id
            from (select twin_id from device_sync where marked_by is not null{{without}} order by twin_id limit {0}) s
            join device d on d.id = s.twin_id order by s.twin_id
            """;
        return context
            .Database.SqlQueryRaw<DueDevice>(sql, most, Exclusion.Parameter(context, excluded))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Reads and holds those of these rows that are marked, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="twinIds">The twins: <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DeviceSync>> LockMarkedAsync(
        TwinDbContext context,
        long[] twinIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Syncs.FromSql(
                $"""
                select * from device_sync where twin_id = any({twinIds}) and marked_by is not null
                order by twin_id for no key update skip locked
                """
            )
            : context
                .Syncs.Where(sync => EF.Parameter(twinIds).Contains(sync.TwinId) && sync.MarkedBy != null)
                .OrderBy(sync => sync.TwinId);
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The devices that the reconciler is to look at, the longest waiting first: in sight, online, due, and without an action that
    /// is queued or waits for its answer. (The service's own questions who a device is, and for its operating system, hold up nothing.)
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="now">The instant.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Twins to leave out: <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<DueDevice>> DueAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var due = context.Syncs.Where(sync => sync.ReconcileAt <= now);
        if (excluded.Length > 0)
        {
            due = due.Where(sync => !EF.Parameter(excluded).Contains(sync.TwinId));
        }

        return due.Join(
                context.Devices,
                sync => sync.TwinId,
                device => device.Id,
                (sync, device) => new { sync, device }
            )
            .Where(row => row.device.DeletedAt == null)
            // "+ 0" leaves the index of who is online aside: in a burst PostgreSQL takes it for as short as at its last "analyze", and begins with it.
            .Where(row => (int)row.device.Heartbeat.Connectivity + 0 == (int)Connectivity.Online)
            .Where(row => !ActionsInTheWay(context).Any(action => action.DeviceId == row.device.DeviceId))
            .OrderBy(row => row.sync.ReconcileAt)
            .ThenBy(row => row.sync.TwinId)
            .Take(most)
            .Select(row => new DueDevice(row.sync.TwinId, row.device.DeviceId, row.device.OrganizationId))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Takes the reconciler's turn until the transaction ends, so that two processes do not count the same room. False where another has it.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<bool> TryTakeTurnAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsPostgres)
        {
            return true;
        }

        var taken = await context
            .Database.SqlQuery<bool>($"select pg_try_advisory_xact_lock({ReconcilerTurn}) as \"Value\"")
            .ToListAsync(cancellationToken);
        return taken.Single();
    }

    /// <summary>Actions that have not ended and that the reconciler waits for, whoever asked for them.</summary>
    /// <param name="context">The context.</param>
    public static IQueryable<Actions.DeviceAction> ActionsInTheWay(TwinDbContext context) =>
        Actions
            .ActionStatements.Open(context)
            .Where(action =>
                !action.IsQuestion
                || (action.Kind != Actions.ActionKind.Device && action.Kind != Actions.ActionKind.Server)
            );
}

/// <summary>A device whose sync status is to be computed, or that the reconciler is to look at.</summary>
/// <param name="TwinId"><see cref="Device.Id"/>.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="OrganizationId">Its organization.</param>
public sealed record DueDevice(long TwinId, string DeviceId, string OrganizationId);
