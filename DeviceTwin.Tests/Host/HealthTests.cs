using System.Net;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Npgsql;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

public sealed class HealthTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_service_with_store_and_broker_is_alive_and_ready()
    {
        await using var host = await TwinHost.StartAsync(output);

        using var live = await host.GetAsync("healthz/live");
        using var ready = await host.GetAsync("healthz/ready");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(
            """{"healthy":true,"checks":{"store":{"healthy":true},"broker":{"healthy":true}}}""",
            await ready.Content.ReadAsStringAsync()
        );
        Assert.True(ready.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_service_whose_store_is_away_is_alive_and_not_ready_until_the_store_is_back()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { ExistingStore = store });
        var server = await TestPostgres.GetAsync();

        await server.DropDatabaseAsync(store.ConnectionString);

        using (var unready = await host.GetAsync("healthz/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);
            using var body = JsonDocument.Parse(await unready.Content.ReadAsStringAsync());
            var check = body.RootElement.GetProperty("checks").GetProperty("store");
            Assert.False(check.GetProperty("healthy").GetBoolean());
            Assert.NotEmpty(check.GetProperty("reason").GetString()!);
        }

        using var live = await host.GetAsync("healthz/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        await server.CreateNamedDatabaseAsync(new NpgsqlConnectionStringBuilder(store.ConnectionString).Database!);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                using var ready = await host.GetAsync("healthz/ready");
                return ready.StatusCode == HttpStatusCode.OK;
            },
            "the service is ready"
        );
    }
}
