using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

/// <summary>A whole fleet has just come online, and PostgreSQL, which last looked when nobody was, expects nobody to be.</summary>
public sealed class BurstPlanTests
{
    private const int Fleet = 2_000;
    private const int Claimed = 100;
    private static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_claim_looks_up_the_devices_of_its_actions_and_no_others()
    {
        await using var store = await StoreOfManyAsync();
        await using var context = await store.OpenAsync();
        await using var transaction = await context.Database.BeginTransactionAsync();

        var before = await ReadAsync(context, "device_heartbeat");
        var claimed = await OutboxStatements.ClaimDueAsync(
            context,
            Now,
            heardSince: Now.AddMinutes(-1),
            leaseUntil: Now.AddMinutes(1),
            Claimed,
            excluded: [],
            setAside: [],
            CancellationToken.None
        );

        Assert.Equal(Claimed, claimed.Count);
        Assert.InRange(await ReadAsync(context, "device_heartbeat") - before, Claimed, 2 * Claimed);
    }

    [Fact]
    public async Task To_choose_whom_to_reconcile_does_not_read_the_fleet_where_none_is_due()
    {
        await using var store = await StoreOfManyAsync();
        await using var context = await store.OpenAsync();
        await using var transaction = await context.Database.BeginTransactionAsync();

        var before = await ReadAsync(context, "device");
        Assert.Empty(await SyncStatements.DueAsync(context, Now, most: 100, excluded: [], CancellationToken.None));

        // The planner looks at a few rows itself.
        Assert.InRange(await ReadAsync(context, "device") - before, 0, Fleet / 10);
    }

    // How many rows of a table the session has read that it has not told the statistics yet: in a transaction it tells them nothing.
    private static Task<long> ReadAsync(TwinDbContext context, string table) =>
        context
            .Database.SqlQuery<long>(
                $"""
                select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as "Value"
                from pg_stat_xact_user_tables where relname = {table}
                """
            )
            .SingleAsync();

    private static async Task<TestStore> StoreOfManyAsync()
    {
        var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var context = await store.OpenAsync();
        await context.Database.ExecuteSqlAsync(
            $$"""
            insert into organization (id, created_at) values ('acme', {{Now}});
            insert into device (organization_id, device_id, brand, model, serial, store_id, created_at, tags, tags_version)
              select 'acme', 'd' || i, 'brand', 'model', i::text, '', {{Now}}, '{}', 1 from generate_series(1, {{Fleet}}) i;
            insert into device_heartbeat (twin_id, connectivity, last_seen_at) select id, 2, {{Now}} from device;
            insert into device_sync (twin_id, status, attempts_since) select id, 0, {{Now}} from device;
            insert into action (action_id, organization_id, device_id, kind, status, created_at, updated_at, due_at, is_question, is_reconciliation)
              select 'a' || id, 'acme', device_id, 3, 0, {{Now}}, {{Now}}, {{Now}}, true, false from device;
            analyze;
            update device_heartbeat set connectivity = 1;
            """
        );
        return store;
    }
}
