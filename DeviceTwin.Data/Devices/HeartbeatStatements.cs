using System.Data.Common;
using System.Text.Json;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace DeviceTwin.Data.Devices;

/// <summary>The two statements that take in a batch of whatever heartbeats: one reads and locks, one writes. See <see cref="UsualHeartbeats"/> for most.</summary>
public static class HeartbeatStatements
{
    private const string Select = """
        select d.id as twin_id, d.device_id, d.organization_id, d.deleted_at is not null as is_deleted, h.connectivity,
               h.heartbeat_at, h.last_seen_at, d.snap_list_hash, d.installed_snaps_hash
        from device d join device_heartbeat h on h.twin_id = d.id
        """;

    private const string SelectPostgres =
        Select + " where d.device_id = any(@device_ids) for no key update of h skip locked";

    private const string SelectSqlite = Select + " where d.device_id in (select value from json_each(@device_ids))";

    private const string UpdatePostgres = """
        update device_heartbeat h
        set heartbeat_at = b.heartbeat_at, last_seen_at = b.last_seen_at, connectivity = b.connectivity
        from unnest(@twin_ids, @heartbeats, @sightings, @connectivities)
          as b(twin_id, heartbeat_at, last_seen_at, connectivity)
        where h.twin_id = b.twin_id
        """;

    private const string UpdateSqlite = """
        update device_heartbeat
        set heartbeat_at = b.heartbeat_at, last_seen_at = b.last_seen_at, connectivity = b.connectivity
        from (select value ->> 0 as twin_id, value ->> 1 as heartbeat_at, value ->> 2 as last_seen_at, value ->> 3 as connectivity
              from json_each(@rows)) as b
        where device_heartbeat.twin_id = b.twin_id
        """;

    /// <summary>
    /// Reads what is stored of these devices and locks their heartbeat rows until the transaction ends. Devices that are not
    /// known, and on PostgreSQL those whose row another transaction holds, are left out: one locked row stalls nobody else.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<List<HeardTwin>> LockAsync(
        TwinDbContext context,
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        DbParameter parameter = context.IsPostgres
            ? new NpgsqlParameter("device_ids", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = deviceIds.ToArray() }
            : new SqliteParameter("device_ids", JsonSerializer.Serialize(deviceIds));
        return await context
            .Database.SqlQueryRaw<HeardTwin>(context.IsPostgres ? SelectPostgres : SelectSqlite, parameter)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Writes the rows as they are given.</summary>
    /// <param name="context">The context, in a transaction that holds the rows.</param>
    /// <param name="rows">At most one for each twin.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task StoreAsync(
        TwinDbContext context,
        IReadOnlyList<DeviceHeartbeat> rows,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.IsPostgres
            ? context.Database.ExecuteSqlRawAsync(
                UpdatePostgres,
                [
                    Array("twin_ids", NpgsqlDbType.Bigint, rows.Select(row => row.TwinId).ToArray()),
                    Array("heartbeats", NpgsqlDbType.TimestampTz, rows.Select(row => row.HeartbeatAt).ToArray()),
                    Array("sightings", NpgsqlDbType.TimestampTz, rows.Select(row => row.LastSeenAt).ToArray()),
                    Array("connectivities", NpgsqlDbType.Integer, rows.Select(row => (int)row.Connectivity).ToArray()),
                ],
                cancellationToken
            )
            : context.Database.ExecuteSqlRawAsync(
                UpdateSqlite,
                [new SqliteParameter("rows", JsonSerializer.Serialize(rows.Select(AsJson)))],
                cancellationToken
            );
    }

    /// <summary>Reads a device's presence and holds it until the transaction ends.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="twinId"><see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Connectivity> LockConnectivityAsync(
        TwinDbContext context,
        long twinId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Heartbeats.FromSql($"select * from device_heartbeat where twin_id = {twinId} for no key update")
            : context.Heartbeats.Where(row => row.TwinId == twinId);
        return (await rows.AsNoTracking().ToListAsync(cancellationToken)).Single().Connectivity;
    }

    /// <summary>The devices that are online, not deleted, and were last heard before an instant.</summary>
    /// <param name="context">The context.</param>
    /// <param name="silentSince">The instant (UTC).</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Twins to leave out: <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<SilentDevice>> SilentAsync(
        TwinDbContext context,
        DateTime silentSince,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var without = Exclusion.Without(context, "h.twin_id", excluded, parameter: 2);
        var sql = $$"""
            select h.twin_id, d.device_id, d.organization_id from device_heartbeat h join device d on d.id = h.twin_id
            where h.connectivity = 1 and h.last_seen_at < {0} and d.deleted_at is null{{without}} limit {1}
            """;
        return context
            .Database.SqlQueryRaw<SilentDevice>(sql, silentSince, most, Exclusion.Parameter(context, excluded))
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Moves to <see cref="Connectivity.Offline"/> those of these that are online and were last heard before
    /// <paramref name="silentSince"/>, leaving out rows that somebody else holds. Gives the twins that moved.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="twinIds">The twins: <see cref="Device.Id"/>.</param>
    /// <param name="silentSince">The instant (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<long>> TakeOfflineAsync(
        TwinDbContext context,
        long[] twinIds,
        DateTime silentSince,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .Database.SqlQueryRaw<long>(
                context.IsPostgres ? OfflinePostgres : OfflineSqlite,
                silentSince,
                Exclusion.Parameter(context, twinIds)
            )
            .ToListAsync(cancellationToken);
    }

    private const string OfflinePostgres = """
        update device_heartbeat set connectivity = 2 where twin_id in (
          select h.twin_id from device_heartbeat h join device d on d.id = h.twin_id
          where h.twin_id = any({1}) and h.connectivity + 0 = 1 and h.last_seen_at < {0} and d.deleted_at is null
          for no key update of h skip locked)
        returning twin_id
        """;

    private const string OfflineSqlite = """
        update device_heartbeat set connectivity = 2 where twin_id in (
          select h.twin_id from device_heartbeat h join device d on d.id = h.twin_id
          where h.twin_id in (select value from json_each({1})) and +h.connectivity = 1 and h.last_seen_at < {0}
            and d.deleted_at is null)
        returning twin_id
        """;

    private static NpgsqlParameter Array(string name, NpgsqlDbType type, object values) =>
        new(name, NpgsqlDbType.Array | type) { Value = values };

    private static object?[] AsJson(DeviceHeartbeat row) =>
        [row.TwinId, Text(row.HeartbeatAt), Text(row.LastSeenAt), (int)row.Connectivity];

    private static string? Text(DateTime? instant) => instant is { } at ? SqliteInstant.Text(at) : null;
}

/// <summary>What is stored of a device that was heard.</summary>
/// <param name="TwinId"><see cref="Device.Id"/>.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="OrganizationId">Its organization.</param>
/// <param name="IsDeleted">Whether the twin is out of sight.</param>
/// <param name="Connectivity">Whether it was heard until now.</param>
/// <param name="HeartbeatAt">Its newest heartbeat's instant.</param>
/// <param name="LastSeenAt">When it was last heard.</param>
/// <param name="SnapListHash">The stored hash of its snap list.</param>
/// <param name="InstalledSnapsHash">The stored hash of its installed snaps.</param>
public sealed record HeardTwin(
    long TwinId,
    string DeviceId,
    string OrganizationId,
    bool IsDeleted,
    Connectivity Connectivity,
    DateTime? HeartbeatAt,
    DateTime? LastSeenAt,
    string? SnapListHash,
    string? InstalledSnapsHash
);

/// <summary>A device that counts as online and was not heard for too long.</summary>
/// <param name="TwinId"><see cref="Device.Id"/>.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="OrganizationId">Its organization.</param>
public sealed record SilentDevice(long TwinId, string DeviceId, string OrganizationId);
