using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DeviceTwin.Api.Events;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Fleet;

/// <summary>Organizations, their counts, and the service itself.</summary>
public sealed class FleetTests(ITestOutputHelper output)
{
    private const string Counts = """
        organizationId total online offline neverSeen actionsPending byModel { brand model total online } heartbeatsPerSecond at
        """;

    [Theory]
    [EveryStore]
    public async Task The_counts_of_a_fleet_are_told_at_once_and_when_they_change(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.ConnectDeviceAsync("f1", LiveHost.Busy);
        await host.KnowsSnapsOfAsync("f1");
        await using var stream = await host.SubscribeAsync(
            $$"""subscription { fleetChanged(organizationId: "demo") { {{Counts}} } }"""
        );

        var first = (await stream.NextAsync()).GetProperty("fleetChanged");
        Assert.Equal(1, first.GetProperty("total").GetInt32());
        await host.ConnectDeviceAsync("f2", LiveHost.Busy);
        await stream.NextAsync(data => data.At("fleetChanged", "online").GetInt32() == 2);
        await host.RunAsync("deleteDevice", "deviceId: \"f2\"");
        await stream.NextAsync(data => data.At("fleetChanged", "total").GetInt32() == 1);

        var data = await host.QueryAsync(
            $$"""
            {
              organizations { id fleet { {{Counts}} } }
              organization(id: "demo") { id } unknown: organization(id: "nobody") { id } empty: organization(id: "") { id }
            }
            """
        );
        Assert.Equal(["demo"], data.GetProperty("organizations").Texts("id"));
        var fleet = data.GetProperty("organizations")[0].GetProperty("fleet");
        Assert.Equal((1, 1), (fleet.GetProperty("total").GetInt32(), fleet.GetProperty("byModel").GetArrayLength()));
        Assert.Equal("demo", data.At("organization", "id").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("unknown").ValueKind);
        Assert.Equal(JsonValueKind.Null, data.GetProperty("empty").ValueKind);
    }

    [Theory]
    [EveryStore]
    public async Task What_a_fleet_counted_in_the_last_hour_is_kept(StoreKind kind)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(SeededRows.Noon));
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.AddDevicesAsync("f1", "f2");
        await using (var context = await host.OpenStoreAsync())
        {
            var ledger = new FleetLedger(context);
            ledger.Add(SeededRows.Device("f1", "demo"), Connectivity.Online, SyncCount.InSync);
            ledger.Add(SeededRows.Device("f2", "demo"), Connectivity.Offline, SyncCount.Drifted);
            ledger.Write();
            context.Add(SeededRows.Named("demo"));
            await context.SaveChangesAsync();
        }

        await host.RunAsync("requestSnapList", "deviceId: \"f1\"");
        var history = new FleetHistory(
            host.Services.GetRequiredService<TwinStore>(),
            host.Services.GetRequiredService<HeartbeatRate>(),
            new WorkerProgress(clock),
            clock,
            NullLogger<FleetHistory>.Instance
        );

        for (var minute = 0; minute < 90; minute++)
        {
            await history.RunAsync(CancellationToken.None);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var samples = history.Of("demo");
        Assert.Equal(60, samples.Count);
        Assert.Equal(SeededRows.Noon.AddMinutes(30), samples[0].At);
        Assert.Equal(new FleetSample(SeededRows.Noon.AddMinutes(89), 2, 1, 1, 1, 1, 1, 0), samples[^1]);
        Assert.Empty(history.Of("nobody"));
        // The service's own tells the same by its clock.
        await host.Services.GetRequiredService<FleetHistory>().RunAsync(CancellationToken.None);
        var data = await host.QueryAsync(
            """{ organization(id: "demo") { fleetHistory { at total online offline inSync drifted actionsPending } } }"""
        );
        var told = data.GetProperty("organization").GetProperty("fleetHistory").EnumerateArray().Last();
        Assert.Equal(2, told.GetProperty("total").GetInt32());
        Assert.Equal(1, told.GetProperty("actionsPending").GetInt32());
    }

    [Fact]
    public async Task The_service_tells_what_it_is_doing()
    {
        await using var host = await LiveHost.StartAsync(output);
        var agent = await host.ConnectDeviceAsync("f1", LiveHost.Busy);
        await host.KnowsSnapsOfAsync("f1");
        await agent.PublishAsync("devices/health/f1", "nonsense"u8.ToArray(), 1, CancellationToken.None);

        var service = default(JsonElement);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var data = await host.QueryAsync(
                    """
                    { service {
                      version startedAt brokerConnected storeReachable messagesReceived messagesRejected heartbeatsStored
                      subscribers
                    } }
                    """
                );
                service = data.GetProperty("service");
                return service.GetProperty("messagesRejected").GetInt64() > 0
                    && service.GetProperty("heartbeatsStored").GetInt64() > 0;
            },
            "the service counts what it takes in"
        );
        Assert.True(service.GetProperty("brokerConnected").GetBoolean());
        Assert.True(service.GetProperty("storeReachable").GetBoolean());
        Assert.True(service.GetProperty("messagesReceived").GetInt64() > 2);
        Assert.Matches(@"^\d+\.\d+\.\d+", service.GetProperty("version").GetString()!);
        Assert.Equal(0, service.GetProperty("subscribers").GetInt32());
    }

    [Fact]
    public async Task Two_hundred_sockets_are_counted_and_leave_nothing_when_they_close()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("f1");
        await host.GroupAsync("north", "f1");
        string[] documents =
        [
            """subscription { heartbeats(organizationId: "demo") { at } }""",
            """subscription { heartbeats(organizationId: "demo", group: "north") { at } }""",
            """subscription { deviceChanged(organizationId: "demo", group: "north") { at } }""",
            """subscription { connectivityChanged(organizationId: "demo") { id } }""",
            """subscription { actionChanged(organizationId: "demo") { id } }""",
            """subscription { fleetChanged(organizationId: "demo") { at } }""",
        ];
        List<TwinHostSubscription> streams = [];
        for (var number = 0; number < 200; number++)
        {
            streams.Add(await host.SubscribeAsync(documents[number % documents.Length]));
        }

        await Eventually.BecomesTrueAsync(async () => await host.SubscribersAsync() == 200, "each counts once");
        await Task.WhenAll(streams.Select(stream => stream.DisposeAsync().AsTask()));
        await Eventually.BecomesTrueAsync(async () => await host.SubscribersAsync() == 0, "nobody listens any more");
    }

    [Fact]
    public async Task Events_come_over_server_sent_events_too_and_closing_frees_the_listener()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("f1");
        using (var client = new HttpClient())
        using (var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "graphql")))
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            request.Content = JsonContent.Create(
                new { query = """subscription { deviceChanged(organizationId: "demo") { deviceId kinds } }""" }
            );
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            await Eventually.BecomesTrueAsync(async () => await host.SubscribersAsync() == 1, "it listens");
            await host.TagAsync("f1", 1);
            string? line;
            do
            {
                line = await lines.ReadLineAsync();
            } while (
                line is not null
                && !line.StartsWith("data:{", StringComparison.Ordinal)
                && !line.StartsWith("data: {", StringComparison.Ordinal)
            );
            Assert.Contains("""{"deviceId":"f1","kinds":["TAGS"]}""", line, StringComparison.Ordinal);
        }

        await Eventually.BecomesTrueAsync(async () => await host.SubscribersAsync() == 0, "nobody listens any more");
    }

    [Fact]
    public async Task A_fault_of_ours_is_told_by_an_id_that_finds_it_in_the_log()
    {
        await using var host = await LiveHost.StartAsync(output);
        await using (var context = await host.OpenStoreAsync())
        {
            await context.Database.ExecuteSqlRawAsync("alter table device_group rename to lost");
        }

        var error = await host.FailsWithAsync("INTERNAL_ERROR", """{ groups(organizationId: "demo") { name } }""");

        Assert.Equal("Internal error", error.GetProperty("message").GetString());
        Assert.DoesNotContain("device_group", error.GetRawText(), StringComparison.Ordinal);
        var id = error.At("extensions", "id").GetString()!;
        Assert.Contains(
            host.Log.Lines,
            line =>
                line.Contains(id, StringComparison.Ordinal) && line.Contains("no such table", StringComparison.Ordinal)
        );
    }
}
