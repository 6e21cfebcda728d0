using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>PostgreSQL keeps the plans of what is asked most: to make one takes longer than to run it.</summary>
public sealed class KeptPlanTests
{
    // Npgsql prepares what it has seen a few times, and PostgreSQL then looks at five plans before it keeps one.
    private const int Enough = 20;
    private static readonly Caller Caller = Caller.Anonymous;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(100)]
    public async Task The_plan_of_devices_by_their_ids_is_kept_whatever_their_number(int number)
    {
        await using var store = await StoreOfManyAsync();
        var devices = new DeviceLookups(store.Store, TimeProvider.System);
        string[] deviceIds = [.. Enumerable.Range(0, number).Select(device => $"d{device:0000}")];

        for (var time = 0; time < Enough; time++)
        {
            var found = await Caller.DevicesAsync(devices, "acme", deviceIds, CancellationToken.None);
            Assert.Equal(deviceIds, found.Select(device => device.DeviceId));
        }

        await using var context = await store.OpenAsync();
        Assert.True(await KeptAsync(context, "d.device_id = ") > 0);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("d1000", false)]
    public async Task The_plan_of_the_fleet_s_pages_is_kept(string behind, bool isWhole)
    {
        await using var store = await StoreOfManyAsync();
        await using var context = await store.OpenAsync();
        await context.Database.OpenConnectionAsync();

        for (var time = 0; time < Enough; time++)
        {
            var page = await Caller.DevicesBehind(context, "acme", behind, limit: 51, isWhole).ToListAsync();
            Assert.Equal(51, page.Count);
            Assert.True(string.CompareOrdinal(page[0].DeviceId, behind) > 0);
        }

        Assert.True(await KeptAsync(context, "LIMIT 51") > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task The_plan_of_heartbeats_is_kept_whatever_their_number(int number)
    {
        await using var store = await StoreOfManyAsync();
        await using var context = await store.OpenAsync();
        await context.Database.OpenConnectionAsync();

        for (var time = 0; time < Enough; time++)
        {
            var at = DateTime.UnixEpoch.AddMinutes(time);
            var heartbeats = Enumerable
                .Range(0, number)
                .Select(device => new UsualHeartbeat($"d{device:0000}", "acme", at, at, null, null))
                .ToList();
            var places = await UsualHeartbeats.StoreAsync(context, heartbeats, CancellationToken.None);
            Assert.Equal(Enumerable.Range(0, heartbeats.Count), places.Order());
        }

        Assert.True(await KeptAsync(context, "with usual as") > 0);
    }

    [Fact]
    public async Task Heartbeats_that_PostgreSQL_refuses_leave_the_connection_fit_for_the_next()
    {
        await using var store = await StoreOfManyAsync();
        await using var context = await store.OpenAsync();
        await context.Database.OpenConnectionAsync();
        UsualHeartbeat[] known = [new("d0000", "acme", DateTime.UnixEpoch, DateTime.UnixEpoch, null, null)];
        UsualHeartbeat[] refused = [.. known, known[0] with { DeviceId = "\0" }];

        await Assert.ThrowsAsync<PostgresException>(() =>
            UsualHeartbeats.StoreAsync(context, refused, CancellationToken.None)
        );

        Assert.Equal([0], await UsualHeartbeats.StoreAsync(context, known, CancellationToken.None));
    }

    private static async Task<TestStore> StoreOfManyAsync()
    {
        var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var context = await store.OpenAsync();
        await context.Database.ExecuteSqlRawAsync(
            """
            insert into organization (id, created_at) values ('acme', now());
            insert into device (organization_id, device_id, brand, model, serial, store_id, created_at, tags, tags_version)
              select 'acme', 'd' || lpad(i::text, 4, '0'), 'brand', 'model', i::text, '', now(), '{{}}', 1 from generate_series(0, 1999) i;
            insert into device_heartbeat (twin_id, connectivity) select id, 1 from device;
            analyze;
            """
        );
        return store;
    }

    private static Task<long> KeptAsync(TwinDbContext context, string part) =>
        context
            .Database.SqlQuery<long>(
                $"""select coalesce(sum(generic_plans), 0)::bigint as "Value" from pg_prepared_statements where position({part} in statement) > 0"""
            )
            .SingleAsync();
}
