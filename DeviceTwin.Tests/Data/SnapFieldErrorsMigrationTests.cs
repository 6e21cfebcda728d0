using DeviceTwin.Data.Values;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DeviceTwin.Tests.Data;

public sealed class SnapFieldErrorsMigrationTests
{
    [Theory, EveryStore]
    public async Task Snaps_of_the_release_before_are_kept_and_have_no_field_errors(StoreKind kind)
    {
        // PostgreSQL's jsonb never held the other two.
        var config = kind == StoreKind.Postgres ? """{"n":1e400}""" : """{"n":1e99999999999,"a":1,"a":2}""";
        await using var store = await TestStore.CreateEmptyAsync(kind);
        await using (var context = await store.OpenAsync())
        {
            await context.GetService<IMigrator>().MigrateAsync("Initial");
            var device = Rows.Device("d1");
            context.Devices.Add(device);
            await context.SaveChangesAsync();
            await context.Database.ExecuteSqlRawAsync(
                kind == StoreKind.Postgres
                    ? "update device set created_at = '2026-01-02 03:04:05.123456+00', deleted_at = '2026-01-02 03:04:05+00'"
                    : "update device set created_at = '2026-01-02 03:04:05.1234567', deleted_at = '2026-01-02 03:04:05.0000009'"
            );
            var json = context.IsPostgres ? "::jsonb" : "";
#pragma warning disable EF1002 // The type's name is the test's own.
            await context.Database.ExecuteSqlRawAsync(
                $$"""
                insert into snap (twin_id, name, store_snap_id, version, revision, channel, confinement, status, devmode, installed_size, config, services)
                values ({0}, 'nats', '', '2.10', 7, 'stable', 'strict', 'active', {1}, 5, {2}{{json}}, '[]'{{json}})
                """,
                device.Id,
                false,
                config
            );
#pragma warning restore EF1002
        }

        await store.Migrator.MigrateAsync(TimeSpan.Zero, CancellationToken.None);

        await using var migrated = await store.OpenAsync();
        var snap = await migrated.Snaps.SingleAsync();
        Assert.Equal(("nats", 7, null), (snap.Name, snap.Revision, snap.FieldErrors));
        Assert.True(StoredJson.AreEqual(snap.Config!, snap.Config!));
        var at = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        Assert.True(
            await migrated.Devices.AnyAsync(device =>
                device.CreatedAt == at.AddTicks(1_234_560) && device.DeletedAt == at
            )
        );
        Assert.Equal(kind == StoreKind.Postgres ? 1 : 2, StoredJson.Read(snap.Config!).GetPropertyCount());
    }
}
