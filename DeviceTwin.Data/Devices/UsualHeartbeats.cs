using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace DeviceTwin.Data.Devices;

/// <summary>A heartbeat as nearly all are, if the store agrees.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="OrganizationId">The organization that the message named.</param>
/// <param name="HeartbeatAt">The instant that is to be stored (UTC).</param>
/// <param name="SeenAt">When the message was taken in (UTC).</param>
/// <param name="SnapListHash">The hash of the snap list; null where the agent sent none.</param>
/// <param name="InstalledSnapsHash">The hash of the installed snaps; null where the agent sent none.</param>
public readonly record struct UsualHeartbeat(
    string DeviceId,
    string OrganizationId,
    DateTime HeartbeatAt,
    DateTime SeenAt,
    string? SnapListHash,
    string? InstalledSnapsHash
);

/// <summary>
/// Takes in, with one statement that is a transaction by itself, the heartbeats that only move instants: of devices that are known, in sight, online and of the organization that they
/// name, with no news of their snaps and nothing newer stored. (PostgreSQL only: SQLite has no way to it that would be worth sparing.)
/// </summary>
public static class UsualHeartbeats
{
    // The arrays are read as if from a table: PostgreSQL looks at the length of one that it sees, and so plans anew each time, for longer than a few heartbeats
    // take. Lateral, so that it looks up each device by its indexes, however few it expects.
    private const string Store = """
        with usual as (
          select stored.ctid, b.heartbeat_at, b.seen_at, b.place
          from unnest((select @device_ids), (select @organization_ids), (select @heartbeats), (select @sightings),
                      (select @snap_list_hashes), (select @installed_snaps_hashes)) with ordinality
            as b(device_id, organization_id, heartbeat_at, seen_at, snap_list_hash, installed_snaps_hash, place),
          lateral (
            select h.ctid
            from device d join device_heartbeat h on h.twin_id = d.id
            where d.device_id = b.device_id and d.organization_id = b.organization_id and d.deleted_at is null
              and h.connectivity = 1 and (h.heartbeat_at is null or h.heartbeat_at < b.heartbeat_at)
              and (b.snap_list_hash is null or b.snap_list_hash = d.snap_list_hash)
              and (b.installed_snaps_hash is null or b.installed_snaps_hash = d.installed_snaps_hash)
            for no key update of h skip locked
          ) as stored
        )
        update device_heartbeat h
        set heartbeat_at = usual.heartbeat_at, last_seen_at = greatest(h.last_seen_at, usual.seen_at)
        from usual where h.ctid = usual.ctid
        returning usual.place::int
        """;

    /// <summary>Stores those that are usual and whose row nobody else holds.</summary>
    /// <param name="context">The context, on PostgreSQL and in no transaction.</param>
    /// <param name="heartbeats">At most one for each device.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The places in <paramref name="heartbeats"/> of what is stored and committed.</returns>
    public static async Task<List<int>> StoreAsync(
        TwinDbContext context,
        IReadOnlyList<UsualHeartbeat> heartbeats,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        NpgsqlParameter[] columns =
        [
            Column("device_ids", NpgsqlDbType.Text, heartbeat => heartbeat.DeviceId),
            Column("organization_ids", NpgsqlDbType.Text, heartbeat => heartbeat.OrganizationId),
            Column("heartbeats", NpgsqlDbType.TimestampTz, heartbeat => heartbeat.HeartbeatAt),
            Column("sightings", NpgsqlDbType.TimestampTz, heartbeat => heartbeat.SeenAt),
            Column("snap_list_hashes", NpgsqlDbType.Text, heartbeat => heartbeat.SnapListHash),
            Column("installed_snaps_hashes", NpgsqlDbType.Text, heartbeat => heartbeat.InstalledSnapsHash),
        ];
        var places = await context.Database.SqlQueryRaw<int>(Store, columns).ToListAsync(cancellationToken);
        return places.ConvertAll(place => place - 1);

        NpgsqlParameter Column<T>(string name, NpgsqlDbType type, Func<UsualHeartbeat, T> value) =>
            new(name, NpgsqlDbType.Array | type) { Value = heartbeats.Select(value).ToArray() };
    }
}
