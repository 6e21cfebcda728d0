using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>What callers see while the store cannot be used: its own code, 503 where nothing was executed, and one line in the log.</summary>
public sealed class StoreAwayTests(ITestOutputHelper output)
{
    private const string Query = """{ devices(organizationId: "demo") { nodes { deviceId } } }""";
    private const string Mutation =
        """mutation { createGroup(input: {organizationId: "demo", name: "g"}) { group { name } errors { __typename } } }""";

    [Fact]
    public async Task A_PostgreSQL_that_has_ended_is_503_and_one_line_in_the_log()
    {
        var server = await PostgresServer.StartAsync();
        var source = await server.CreateDatabaseAsync();
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Configure = settings =>
                {
                    settings.Database.Driver = DatabaseDriver.Postgres;
                    settings.Database.Source = source;
                },
            }
        );
        await host.QueryAsync(Query);
        await server.DisposeAsync();

        for (var times = 0; times < 5; times++)
        {
            await Is503Async(host, Query, "application/graphql-response+json");
            await Is503Async(host, Mutation, "application/json");
            await Is503Async(host, Query, "text/event-stream");
            await Is503Async(
                host,
                $$"""{ organizations { id } group(organizationId: "demo", name: "x") { name } {{Query[1..]}}""",
                "application/json"
            );
        }

        var part = await host.SendAsync("""{ caller { role } group(organizationId: "demo", name: "x") { name } }""");
        Assert.Equal(JsonValueKind.Object, part.At("data", "caller").ValueKind);
        Assert.Equal("STORE_UNAVAILABLE", part.GetProperty("errors")[0].At("extensions", "code").GetString());
        Assert.Single(host.Log.Lines, line => line.Contains("Callers are not answered", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("GraphQL fault", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lock_that_another_process_holds_on_SQLite_is_503_within_ten_seconds()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Sqlite);
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { ExistingStore = store });
        await using var other = new SqliteConnection(store.ConnectionString);
        await other.OpenAsync();
        await using (var hold = other.CreateCommand())
        {
            hold.CommandText = "begin immediate";
            await hold.ExecuteNonQueryAsync();
        }

        await host.QueryAsync(Query);
        await Is503Async(host, Mutation, "application/json").WaitAsync(TimeSpan.FromSeconds(20));

        await using (var release = other.CreateCommand())
        {
            release.CommandText = "rollback";
            await release.ExecuteNonQueryAsync();
        }

        await host.QueryAsync(Mutation);
    }

    [Fact]
    public async Task A_lock_that_another_session_holds_on_PostgreSQL_is_503()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                ExistingStore = store,
                Configure = settings =>
                    settings.Database.Source = new NpgsqlConnectionStringBuilder(store.ConnectionString)
                    {
                        Options = "-c lock_timeout=300ms",
                    }.ConnectionString,
            }
        );
        await using var other = new NpgsqlConnection(store.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("lock table device_group in access exclusive mode", other);
        await hold.ExecuteNonQueryAsync();

        await Is503Async(host, Mutation, "application/json");
        await transaction.RollbackAsync();

        await host.QueryAsync(Mutation);
    }

    private static async Task Is503Async(TwinHost host, string query, string accept)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "graphql"))
        {
            Content = JsonContent.Create(new { query }),
        };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}: {text}");
        Assert.NotNull(answer.Headers.RetryAfter);
        var json = JsonElement.Parse(text);
        Assert.False(json.TryGetProperty("data", out _), text);
        Assert.All(
            json.GetProperty("errors").EnumerateArray(),
            error => Assert.Equal("STORE_UNAVAILABLE", error.At("extensions", "code").GetString())
        );
    }
}
