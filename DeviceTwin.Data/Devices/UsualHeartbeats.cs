using System.Data;
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
/// Takes in, in one transaction that is one message to the server, the heartbeats that only move instants: of devices that are known, in sight, online and of the organization that they
/// name, with no news of their snaps and nothing newer stored. (PostgreSQL only: SQLite has no way to it that would be worth sparing.)
/// </summary>
public static class UsualHeartbeats
{
    // The arrays are read as if from a table: PostgreSQL looks at the length of one that it sees, and so plans anew each time, for longer than a few heartbeats
    // take. Lateral, so that it looks up each device by itself, however few it expects; "+ 0" keeps it from the index of all that are online.
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
              and h.connectivity + 0 = 1 and (h.heartbeat_at is null or h.heartbeat_at < b.heartbeat_at)
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

    // A plan that is kept outlives the size of the tables that it was made for, so it must not be one that reads them whole.
    private const string KeepToIndexes = "set local enable_seqscan = off";

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
        ArgumentNullException.ThrowIfNull(heartbeats);
        if (heartbeats.Count == 0)
        {
            return [];
        }

        await context.Database.OpenConnectionAsync(cancellationToken);
        var store = new NpgsqlBatchCommand(Store);
        Add("device_ids", NpgsqlDbType.Text, heartbeat => heartbeat.DeviceId);
        Add("organization_ids", NpgsqlDbType.Text, heartbeat => heartbeat.OrganizationId);
        Add("heartbeats", NpgsqlDbType.TimestampTz, heartbeat => heartbeat.HeartbeatAt);
        Add("sightings", NpgsqlDbType.TimestampTz, heartbeat => heartbeat.SeenAt);
        Add("snap_list_hashes", NpgsqlDbType.Text, heartbeat => heartbeat.SnapListHash);
        Add("installed_snaps_hashes", NpgsqlDbType.Text, heartbeat => heartbeat.InstalledSnapsHash);

        // All in one message: a transaction of EF Core's is three ways to the server and back, most of what a single heartbeat costs.
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("begin"), new(KeepToIndexes), store, new("commit") },
        };
        var places = new List<int>(heartbeats.Count);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                places.Add(reader.GetInt32(0) - 1);
            }

            // Only then is it known that the commit has been.
            while (await reader.NextResultAsync(cancellationToken)) { }
        }
        catch when (connection.State == ConnectionState.Open)
        {
            // What was begun is not known to EF Core nor Npgsql.
            await context.Database.ExecuteSqlRawAsync("rollback", CancellationToken.None);
            throw;
        }

        return places;

        void Add<T>(string name, NpgsqlDbType type, Func<UsualHeartbeat, T> value) =>
            store.Parameters.Add(
                new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = heartbeats.Select(value).ToArray() }
            );
    }
}
