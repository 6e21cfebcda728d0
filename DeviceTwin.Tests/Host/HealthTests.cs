using System.Net;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
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
            """{"healthy":true,"checks":{"store":{"healthy":true},"broker":{"healthy":true},"workers":{"healthy":true}}}""",
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

        await Eventually.BecomesTrueAsync(
            async () =>
            {
                using var asked = await host.GetAsync("healthz/ready");
                return asked.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "the service is not ready"
        );
        using (var unready = await host.GetAsync("healthz/ready"))
        {
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

    [Fact]
    public async Task The_store_is_asked_once_a_second_however_many_ask_whether_the_service_is_ready()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Clock = clock });
        clock.Advance(TimeSpan.FromSeconds(1));
        host.Commands.Clear();

        await AskOftenAsync();
        Assert.Single(Questions());
        clock.Advance(TimeSpan.FromSeconds(1));
        await AskOftenAsync();
        Assert.Equal(2, Questions().Count());

        async Task AskOftenAsync()
        {
            foreach (
                var answer in await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.GetAsync("healthz/ready")))
            )
            {
                using (answer)
                {
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                }
            }
        }

        IEnumerable<string> Questions() =>
            host.Commands.Statements.Where(statement => statement.Equals("select 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_worker_that_has_work_and_makes_no_progress_is_logged_and_the_service_is_not_ready_until_it_goes_on()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Clock = clock });
        var progress = host.Services.GetRequiredService<WorkerProgress>();
        progress.HasWork("stuck");

        await BecomesAsync(HttpStatusCode.ServiceUnavailable);
        using (var unready = await host.GetAsync("healthz/ready"))
        {
            using var body = JsonDocument.Parse(await unready.Content.ReadAsStringAsync());
            var check = body.RootElement.GetProperty("checks").GetProperty("workers");
            Assert.False(check.GetProperty("healthy").GetBoolean());
            Assert.Contains("The worker stuck", check.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }

        await Eventually.BecomesTrueAsync(() => host.Log.Contains("The worker stuck has work"), "it is logged");
        progress.Idle("stuck");
        await BecomesAsync(HttpStatusCode.OK);
        await Eventually.BecomesTrueAsync(() => host.Log.Contains("The worker stuck makes"), "its end is logged");

        Task BecomesAsync(HttpStatusCode status) =>
            Eventually.BecomesTrueAsync(
                async () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(10));
                    using var asked = await host.GetAsync("healthz/ready");
                    return asked.StatusCode == status;
                },
                $"ready answers {status}"
            );
    }

    [Fact]
    public async Task Where_callers_are_asked_who_they_are_strangers_are_not_told_why_it_is_not_ready()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var host = await SecureHost.StartAsync(
            output,
            [SecureHost.Token("ann", Role.Viewer, "demo")],
            new TwinHostOptions { ExistingStore = store }
        );
        var server = await TestPostgres.GetAsync();

        await server.DropDatabaseAsync(store.ConnectionString);
        try
        {
            await Eventually.BecomesTrueAsync(
                async () =>
                {
                    using var unready = await host.GetAsync("healthz/ready");
                    return await unready.Content.ReadAsStringAsync()
                        == """{"healthy":false,"checks":{"store":{"healthy":false},"broker":{"healthy":true},"workers":{"healthy":true}}}""";
                },
                "it is not ready, and does not say why"
            );
            Assert.True(host.Log.Contains("The store does not answer: "));
        }
        finally
        {
            await server.CreateNamedDatabaseAsync(new NpgsqlConnectionStringBuilder(store.ConnectionString).Database!);
        }
    }
}
