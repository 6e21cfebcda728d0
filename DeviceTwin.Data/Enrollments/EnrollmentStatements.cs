using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Enrollments;

/// <summary>Statements over devices that have not yet told who they are.</summary>
public static class EnrollmentStatements
{
    /// <summary>Reads and holds the rows of these devices, leaving out those that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<Enrollment>> LockFreeAsync(
        TwinDbContext context,
        string[] deviceIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Enrollments.FromSql(
                $"select * from enrollment where device_id = any({deviceIds}) for update skip locked"
            )
            : context.Enrollments.Where(row => deviceIds.Contains(row.DeviceId));
        return rows.ToListAsync(cancellationToken);
    }

    /// <summary>Adds rows; one that another process has added in the meantime stays as that process wrote it.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="rows">The rows, at most one for each device.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task AddAsync(
        TwinDbContext context,
        IReadOnlyCollection<Enrollment> rows,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            return;
        }

        if (!context.IsPostgres)
        {
            context.AddRange(rows);
            return;
        }

        await context.Database.ExecuteSqlAsync(
            $"""
            insert into enrollment (device_id, organization_id, heartbeat_at, last_seen_at, snap_list_hash, installed_snaps_hash)
            select * from unnest(
                {rows.Select(row => row.DeviceId).ToArray()},
                {rows.Select(row => row.OrganizationId).ToArray()},
                {rows.Select(row => row.HeartbeatAt).ToArray()},
                {rows.Select(row => row.LastSeenAt).ToArray()},
                {rows.Select(row => row.SnapListHash).ToArray()},
                {rows.Select(row => row.InstalledSnapsHash).ToArray()})
            on conflict (device_id) do nothing
            """,
            cancellationToken
        );
    }
}
