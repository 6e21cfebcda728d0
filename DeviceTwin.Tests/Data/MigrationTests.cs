using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Data;

public sealed class MigrationTests
{
    [Theory, EveryStore(Memory = true)]
    public async Task An_empty_database_gets_the_schema(StoreKind kind)
    {
        await using var store = await TestStore.CreateEmptyAsync(kind);

        await store.Migrator.MigrateAsync(TimeSpan.Zero, CancellationToken.None);

        await using var context = await store.OpenAsync();
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.Equal(0, await context.Devices.CountAsync());
    }

    [Theory, EveryStore]
    public async Task A_migrated_database_is_left_as_it_is(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync((context, _) => Rows.AddOrganization(context, "kept"), CancellationToken.None);

        await store.Migrator.MigrateAsync(TimeSpan.Zero, CancellationToken.None);

        await using var context = await store.OpenAsync();
        Assert.Equal("kept", (await context.Organizations.SingleAsync()).Id);
    }

    [Theory, EveryStore]
    public async Task The_migrations_hold_the_whole_model(StoreKind kind)
    {
        await using var store = await TestStore.CreateEmptyAsync(kind);
        await using var context = await store.OpenAsync();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Theory, EveryStore]
    public async Task Every_index_and_foreign_key_of_the_model_is_in_the_database(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var context = await store.OpenAsync();
        var entities = context.Model.GetEntityTypes().ToList();
        var indexes = entities.SelectMany(entity => entity.GetIndexes()).Select(index => index.GetDatabaseName()!);
        var keys = entities
            .SelectMany(entity => entity.GetForeignKeys())
            .Select(key => $"{key.DeclaringEntityType.GetTableName()} to {key.PrincipalEntityType.GetTableName()}");
        var (indexQuery, keyQuery) = context.IsPostgres
            ? (
                "select indexname from pg_indexes where schemaname = 'public'",
                "select conrelid::regclass::text || ' to ' || confrelid::regclass::text from pg_constraint where contype = 'f'"
            )
            : (
                "select name from sqlite_master where type = 'index'",
                """select t.name || ' to ' || k."table" from sqlite_master t, pragma_foreign_key_list(t.name) k where t.type = 'table'"""
            );

        Assert.Empty(indexes.Except(await context.Database.SqlQueryRaw<string>(indexQuery).ToListAsync()));
        Assert.Equal(keys.Order(), (await context.Database.SqlQueryRaw<string>(keyQuery).ToListAsync()).Order());
    }

    [Fact]
    public async Task The_heartbeat_table_leaves_room_in_its_pages()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var context = await store.OpenAsync();

        var options = await context
            .Database.SqlQuery<string>(
                $"select unnest(reloptions) from pg_class where oid = 'device_heartbeat'::regclass"
            )
            .ToListAsync();

        Assert.Contains("fillfactor=50", options);
        Assert.Contains(
            options,
            option => option.StartsWith("autovacuum_vacuum_scale_factor", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_heartbeat_is_updated_in_place_beside_the_index_on_connectivity()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        var device = Rows.Device("d1");
        device.Heartbeat.Connectivity = Connectivity.Online;
        await using (var context = await store.OpenAsync())
        {
            context.Add(device);
            await context.SaveChangesAsync();
        }

        var inPlace = await store.Store.WriteAsync(
            async (context, token) =>
            {
                var heard = new DeviceHeartbeat
                {
                    TwinId = device.Id,
                    HeartbeatAt = Rows.Instant,
                    LastSeenAt = Rows.Instant,
                    Connectivity = Connectivity.Online,
                };
                await HeartbeatStatements.StoreAsync(context, [heard], token);
                return await context
                    .Database.SqlQuery<long>(
                        $"select n_tup_hot_upd as \"Value\" from pg_stat_xact_user_tables where relname = 'device_heartbeat'"
                    )
                    .SingleAsync(token);
            },
            CancellationToken.None
        );

        Assert.Equal(1, inPlace);
    }

    [Fact]
    public async Task Eight_replicas_that_start_together_on_an_empty_PostgreSQL_do_not_race()
    {
        await using var empty = await TestStore.CreateEmptyAsync(StoreKind.Postgres);
        var replicas = Enumerable
            .Range(0, 8)
            .Select(_ => new ServiceCollection().AddTwinStore(empty.Options).BuildServiceProvider())
            .ToList();

        await Task.WhenAll(
            replicas.Select(replica =>
                Task.Run(() =>
                    replica
                        .GetRequiredService<StoreMigrator>()
                        .MigrateAsync(TimeSpan.FromSeconds(1), CancellationToken.None)
                )
            )
        );

        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        await using var context = await empty.OpenAsync();
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task A_lock_that_a_killed_migration_left_in_an_SQLite_file_does_not_stop_the_next()
    {
        await using var store = await TestStore.CreateEmptyAsync(StoreKind.Sqlite);
        await using var context = await store.OpenAsync();
        await context.Database.ExecuteSqlAsync(
            $"""create table "__EFMigrationsLock" ("Id" integer not null primary key, "Timestamp" text not null)"""
        );
        await context.Database.ExecuteSqlAsync($"""insert into "__EFMigrationsLock" values (1, '2026-01-01')""");

        await store.Migrator.MigrateAsync(TimeSpan.Zero, CancellationToken.None);

        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
    }

    [Theory, EveryStore]
    public async Task A_store_of_a_newer_program_is_refused_in_one_clear_line(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var context = await store.OpenAsync();
        await context.Database.ExecuteSqlAsync(
            $"""insert into "__EFMigrationsHistory" (migration_id, product_version) values ('29990101000000_Later', '99')"""
        );

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            store.Migrator.MigrateAsync(TimeSpan.FromMinutes(1), CancellationToken.None)
        );

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Contains("29990101000000_Later", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
