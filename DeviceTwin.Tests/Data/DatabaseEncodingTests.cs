using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DeviceTwin.Tests.Data;

public sealed class DatabaseEncodingTests
{
    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    [InlineData("WIN1252")]
    public async Task A_database_of_another_encoding_is_refused_in_one_line_that_says_what_to_do(string encoding)
    {
        var server = await TestPostgres.GetAsync();
        var name = $"encoded_{encoding.ToLowerInvariant()}";
        await server.CreateNamedDatabaseAsync(name, $"template0 encoding '{encoding}' lc_collate 'C' lc_ctype 'C'");
        await using var store = await TestStore.CreateEmptyAsync(StoreKind.Postgres);
        var source = new NpgsqlConnectionStringBuilder(store.ConnectionString) { Database = name }.ConnectionString;
        await using var services = new ServiceCollection()
            .AddTwinStore(new StoreOptions(StoreDriver.Postgres, source))
            .BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            services.GetRequiredService<StoreMigrator>().MigrateAsync(TimeSpan.FromHours(1), CancellationToken.None)
        );

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains(encoding, refused.Message, StringComparison.Ordinal);
        Assert.Contains("UTF8", refused.Message, StringComparison.Ordinal);
        Assert.Contains("database.source", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        await services.DisposeAsync();
        await server.DropDatabaseAsync(source);
    }
}
