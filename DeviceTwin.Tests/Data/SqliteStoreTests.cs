using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Sqlite;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class SqliteStoreTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Memory)]
    public async Task Every_connection_has_the_stores_settings(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var context = await store.OpenAsync();
        await using var other = await store.OpenAsync();
        foreach (var each in new[] { context, other })
        {
            await each.Database.OpenConnectionAsync();
            Assert.Equal("wal", await PragmaAsync(each, "journal_mode"));
            Assert.Equal("1", await PragmaAsync(each, "synchronous"));
            Assert.Equal("1", await PragmaAsync(each, "foreign_keys"));
            Assert.Equal("5000", await PragmaAsync(each, "busy_timeout"));
        }
    }

    [Theory, EveryStore]
    public async Task A_row_without_its_twin_is_refused_as_data(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);

        var refused = await Assert.ThrowsAsync<DbUpdateException>(() =>
            store.Store.WriteAsync(
                (context, _) => Task.FromResult(context.Snaps.Add(new Snap { TwinId = 77, Name = "core" })),
                CancellationToken.None
            )
        );

        Assert.True(StoreFault.IsRefusedData(refused));
    }

    [Fact]
    public async Task A_store_in_memory_is_gone_with_its_process_and_two_are_apart()
    {
        string file;
        await using (var store = await TestStore.CreateAsync(StoreKind.Memory))
        await using (var other = await TestStore.CreateAsync(StoreKind.Memory))
        {
            await store.Store.WriteAsync((context, _) => Rows.AddOrganization(context, "acme"), CancellationToken.None);
            await using var context = await store.OpenAsync();
            await using var otherContext = await other.OpenAsync();
            file = ((SqliteConnection)context.Database.GetDbConnection()).DataSource;
            Assert.Equal(
                (1, 0),
                (await context.Organizations.CountAsync(), await otherContext.Organizations.CountAsync())
            );
            Assert.True(File.Exists(file));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
    }

    [Fact]
    public void What_a_killed_process_left_in_memory_goes_when_the_next_starts()
    {
        using var inUse = new PassingFolder();
        var left = Path.Combine(Path.GetDirectoryName(inUse.Path)!, "devicetwin-memory-left-by-a-test");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "in-use"), "");

        using var next = new PassingFolder();

        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(inUse.Path));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("12345678901234567890.10")]
    public async Task JSON_stays_as_it_was_written(string config)
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Sqlite);
        var device = Rows.Device("d1");
        device.Snaps.Add(new Snap { Name = "core", Config = config });
        await store.Store.WriteAsync(
            (context, _) => Task.FromResult(context.Devices.Add(device)),
            CancellationToken.None
        );

        await using var context = await store.OpenAsync();

        Assert.Equal(config, (await context.Snaps.SingleAsync()).Config);
    }

    private static async Task<string> PragmaAsync(TwinDbContext context, string name)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // A pragma's name cannot be a parameter; these are the test's own.
        command.CommandText = "pragma " + name;
#pragma warning restore CA2100
        return $"{await command.ExecuteScalarAsync()}";
    }
}
