using System.Globalization;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>Fleets that are too large to enrol, put into PostgreSQL as the service would have stored them.</summary>
internal static class FleetRows
{
    /// <summary>Adds devices of 20 models, a tenth offline, in ten groups, with an operating system.</summary>
    /// <param name="twins">The database.</param>
    /// <param name="organization">Their organization; their ids begin with it.</param>
    /// <param name="devices">How many.</param>
    /// <param name="snaps">How many snaps each has.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task AddAsync(
        TwinRows twins,
        string organization,
        int devices,
        int snaps,
        CancellationToken cancellationToken
    )
    {
        await twins.ExecuteAsync(Statements(organization, devices, snaps), cancellationToken);
        await twins.ExecuteAsync("vacuum analyze", cancellationToken);
    }

    private static string Statements(string organization, int devices, int snaps) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            insert into organization (id, created_at) values ('{{organization}}', now());
            insert into device (organization_id, device_id, brand, model, serial, store_id, created_at, tags, tags_version,
                                snap_list_hash, installed_snaps_hash)
              select '{{organization}}', '{{organization}}-' || lpad(i::text, 7, '0'), 'brand-' || i % 5, 'model-' || i % 20,
                     'serial-' || md5(i::text), 'store', now() - i * interval '1 second',
                     jsonb_build_object('site', 'site-' || i % 1000), 1, 'hash', 'hash'
              from generate_series(0, {{devices - 1}}) i;
            insert into device_heartbeat (twin_id, heartbeat_at, last_seen_at, connectivity)
              select id, now(), now() + interval '1 day', case when id % 10 = 0 then 2 else 1 end
              from device where organization_id = '{{organization}}';
            insert into device_sync (twin_id, status, attempts_since)
              select id, 0, now() from device where organization_id = '{{organization}}';
            insert into operating_system (twin_id, version, series, os_id, os_version_id, on_classic, kernel_version)
              select id, '2.61', '16', 'ubuntu-core', '22', false, '5.15' from device where organization_id = '{{organization}}';
            insert into fleet_count (organization_id, brand, model, total, online, offline, never_seen, in_sync, drifted)
              select organization_id, brand, model, count(*), count(*) filter (where connectivity = 1),
                     count(*) filter (where connectivity = 2), 0, count(*), 0
              from device join device_heartbeat on twin_id = id where organization_id = '{{organization}}' group by 1, 2, 3;
            insert into device_group (organization_id, name, created_at)
              select '{{organization}}', 'group-' || i, now() from generate_series(0, 9) i;
            insert into device_group_member (group_id, twin_id)
              select g.id, d.id from device d join device_group g
                on g.organization_id = d.organization_id and g.name = 'group-' || d.id % 10
              where d.organization_id = '{{organization}}' and d.id % 3 = 0;
            insert into snap (twin_id, name, store_snap_id, version, revision, channel, confinement, status, devmode,
                              installed_size, services)
              select id, 'snap-' || n, '', '1.' || n, n, 'latest/stable', 'strict', 'active', false, 1000000 * n,
                     '[{"Name":"daemon","Daemon":"simple","Enabled":true,"Active":true}]'
              from device, generate_series(1, {{snaps}}) n where organization_id = '{{organization}}';
            """
        );
}
