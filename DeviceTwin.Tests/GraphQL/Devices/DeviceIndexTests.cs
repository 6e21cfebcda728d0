using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>How PostgreSQL reads lists of a fleet that is large. Making it keeps the machine busy, so it runs when the other tests are done.</summary>
[Collection(nameof(DeviceIndexTests))]
public sealed class DeviceIndexTests(ITestOutputHelper output)
{
    private const int Devices = 1_000_000;

    // What few of them have is what a list without an index has to look for in all of them. Only the order by the newest heartbeat
    // is not here: an index on it would cost every heartbeat its update in place.
    private static readonly string[] Lists =
    [
        "first: 50",
        "last: 50",
        """first: 50, where: {deviceId: {eq: "d0500000"}}""",
        """first: 50, where: {deviceId: {startsWith: "d05000"}}""",
        """first: 50, where: {brand: {eq: "brand-7"}}""",
        """first: 50, where: {brand: {eq: "brand-7"}, model: {eq: "model-7"}}""",
        """first: 50, where: {model: {eq: "model-7"}}""",
        """first: 50, where: {serial: {eq: "serial-500000"}}""",
        """first: 50, where: {storeId: {eq: "store-7"}}""",
        "first: 50, where: {active: {eq: false}}",
        """first: 50, where: {createdAt: {gt: "2026-01-01T00:00:00Z"}}""",
        """first: 50, where: {lastHeartbeatAt: {lt: "2020-01-01T00:00:00Z"}}""",
        "first: 50, where: {connectivity: {eq: OFFLINE}}",
        "first: 50, where: {syncStatus: {eq: FAILED}}",
        """first: 50, where: {group: {eq: "few"}}""",
        """first: 50, where: {snap: {name: {eq: "rare"}}}""",
        """first: 50, where: {tag: {path: "site", eq: "rare"}}""",
        """first: 50, where: {reported: {path: "site", eq: "rare"}}""",
        "first: 50, order: [{brand: ASC}]",
        "first: 50, order: [{model: ASC}]",
        "first: 50, order: [{serial: DESC}]",
        "first: 50, order: [{createdAt: DESC}]",
    ];

    [Fact]
    public async Task No_list_of_a_million_devices_reads_their_whole_table()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await AddFleetAsync(store);
        var plans = new DevicePlans();
        var options = new TwinHostOptions
        {
            ExistingStore = store,
            Services = services => services.AddSingleton<IInterceptor>(plans),
        };
        await using var host = await TwinHost.StartAsync(output, options);

        var read = new List<string>();
        foreach (var list in Lists)
        {
            plans.Clear();
            await host.QueryAsync($$"""{ devices(organizationId: "acme", {{list}}) { nodes { deviceId } } }""");
            var plan = Assert.Single(plans.All);
            output.WriteLine($"{list}\n{plan}");
            if (plan.Contains("Seq Scan on device ", StringComparison.Ordinal))
            {
                read.Add(list);
            }
        }

        Assert.Empty(read);
    }

    private static async Task AddFleetAsync(TestStore store)
    {
        await using var context = await store.OpenAsync();
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(5));
        await context.Database.ExecuteSqlRawAsync(
            $$"""
            insert into organization (id, created_at) values ('acme', now());
            insert into device (organization_id, device_id, brand, model, serial, store_id, created_at, tags, tags_version)
              select 'acme', 'd' || lpad(i::text, 7, '0'), 'brand-' || i % 50, 'model-' || i % 1000, 'serial-' || i,
                     'store-' || i % 1000, timestamptz '2025-01-01' + i * interval '1 second',
                     jsonb_build_object('site', case when i % 100000 = 0 then 'rare' else 'usual' end), 1
              from generate_series(0, {{Devices - 1}}) i;
            update device set deleted_at = now() where id % 10000 = 1;
            insert into device_heartbeat (twin_id, heartbeat_at, last_seen_at, connectivity)
              select id, now(), now(), case when id % 100000 = 0 then 2 else 1 end from device;
            insert into device_sync (twin_id, status, attempts_since)
              select id, case when id % 100000 = 0 then 2 else 0 end, now() from device;
            insert into reported_state (twin_id, properties, version, updated_at)
              select id, jsonb_build_object('site', case when id % 100000 = 0 then 'rare' else 'usual' end), 1, now() from device
              where id % 100 = 0;
            insert into device_group (organization_id, name, created_at) values ('acme', 'few', now());
            insert into device_group_member (group_id, twin_id)
              select g.id, d.id from device d, device_group g where d.id % 100000 = 0;
            insert into snap (twin_id, name, store_snap_id, version, revision, channel, confinement, status, devmode,
                              installed_size, services)
              select id, case when id % 100000 = 0 then 'rare' else 'usual' end, '', '1', 1, 'latest/stable', 'strict', 'active',
                     false, 0, '[]' from device;
            """
        );
        await context.Database.ExecuteSqlRawAsync("vacuum analyze");
    }
}

[CollectionDefinition(nameof(DeviceIndexTests), DisableParallelization = true)]
public sealed class DeviceIndexCollection;
