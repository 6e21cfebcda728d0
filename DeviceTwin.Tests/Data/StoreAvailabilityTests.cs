using System.Net;
using System.Net.Sockets;
using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DeviceTwin.Tests.Data;

public sealed class StoreAvailabilityTests
{
    [Fact]
    public async Task A_PostgreSQL_that_is_not_there_gets_one_line_that_names_it_and_no_password()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var refused = await RefusedAsync(StoreDriver.Postgres, $"postgres://me:s3cret@127.0.0.1:{port}/twins");

        Assert.Contains($"127.0.0.1:{port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("twins", refused.Message, StringComparison.Ordinal);
        Assert.Contains("refused", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_host_that_nobody_knows_gets_one_line()
    {
        var refused = await RefusedAsync(
            StoreDriver.Postgres,
            "host=no-such-host.invalid dbname=twins password=s3cret"
        );

        Assert.Contains("no-such-host.invalid", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_database_that_comes_within_the_wait_is_waited_for()
    {
        await using var store = await TestStore.CreateEmptyAsync(StoreKind.Postgres);
        var server = await TestPostgres.GetAsync();
        var later = new NpgsqlConnectionStringBuilder(store.ConnectionString);
        later.Database += "_later";
        await using var services = Services(StoreDriver.Postgres, later.ConnectionString);
        var migration = services
            .GetRequiredService<StoreMigrator>()
            .MigrateAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        await server.CreateNamedDatabaseAsync(later.Database!);
        await migration;
        await services.DisposeAsync();
        await server.DropDatabaseAsync(later.ConnectionString);
    }

    [Fact]
    public async Task A_refused_login_is_not_waited_for()
    {
        await using var store = await TestStore.CreateEmptyAsync(StoreKind.Postgres);
        var stranger = new NpgsqlConnectionStringBuilder(store.ConnectionString) { Username = "stranger" };

        var refused = await RefusedAsync(StoreDriver.Postgres, stranger.ConnectionString, TimeSpan.FromHours(1));

        Assert.Contains("stranger", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data Source=/no/such/folder/twin.db", "/no/such/folder/twin.db")]
    [InlineData("Data Source=/etc/passwd", "/etc/passwd")]
    public async Task An_SQLite_file_that_cannot_be_used_is_named(string source, string names)
    {
        var refused = await RefusedAsync(StoreDriver.Sqlite, source, TimeSpan.FromHours(1));

        Assert.Contains(names, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("Data Sauce=twin.db", "data sauce")]
    [InlineData("", "names no file")]
    [InlineData("Data Source=:memory:", "'memory'")]
    [InlineData("Data Source=x;Mode=Memory", "'memory'")]
    public void An_SQLite_source_that_names_no_file_is_refused(string source, string says)
    {
        var refused = Assert.Throws<StoreUnavailableException>(() => Services(StoreDriver.Sqlite, source));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<StoreUnavailableException> RefusedAsync(
        StoreDriver driver,
        string source,
        TimeSpan wait = default
    )
    {
        await using var services = Services(driver, source);
        return await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            services.GetRequiredService<StoreMigrator>().MigrateAsync(wait, CancellationToken.None)
        );
    }

    private static ServiceProvider Services(StoreDriver driver, string source) =>
        new ServiceCollection().AddTwinStore(new StoreOptions(driver, source)).BuildServiceProvider();
}
