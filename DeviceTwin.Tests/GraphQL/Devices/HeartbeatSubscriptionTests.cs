using System.Text.Json;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Live;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>heartbeats: as they arrive, of those who are asked for.</summary>
public sealed class HeartbeatSubscriptionTests(ITestOutputHelper output)
{
    private const string Heartbeats = """
        subscription($deviceIds: [String!], $group: String) {
          heartbeats(organizationId: "demo", deviceIds: $deviceIds, group: $group) {
            organizationId deviceId at receivedAt device { deviceId connectivity lastHeartbeatAt }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task Heartbeats_of_all_or_of_named_devices_are_told_as_they_come(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await using var all = await host.SubscribeAsync(Heartbeats);
        await using var named = await host.SubscribeAsync(Heartbeats, new { deviceIds = new[] { "h2", "h9" } });
        await host.ConnectDeviceAsync("h1", LiveHost.Busy);
        await host.ConnectDeviceAsync("h2", LiveHost.Busy);

        await all.NextAsync(data => DeviceOf(data) == "h1");
        var heartbeat = (await all.NextAsync(data => DeviceOf(data) == "h2")).GetProperty("heartbeats");
        Assert.Equal("ONLINE", heartbeat.At("device", "connectivity").GetString());
        // PostgreSQL keeps microseconds, where the heartbeat itself was told in tenths of them.
        var stored = heartbeat.At("device", "lastHeartbeatAt").GetDateTime() + TimeSpan.FromMicroseconds(1);
        Assert.True(stored >= heartbeat.GetProperty("at").GetDateTime());
        for (var count = 0; count < 5; count++)
        {
            Assert.Equal("h2", DeviceOf(await named.NextAsync()));
        }
    }

    [Fact]
    public async Task Heartbeats_of_a_group_follow_who_comes_and_goes()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("h1", "h2");
        await host.GroupAsync("north", "h1");
        await using var stream = await host.SubscribeAsync(Heartbeats, new { group = "north" });
        var feed = host.Services.GetRequiredService<HeartbeatFeed>();
        var beat = 0;

        await TellsOnlyAsync("h1");
        await host.MoveAsync("addDevicesToGroup", "north", "h2");
        await host.MoveAsync("removeDevicesFromGroup", "north", "h1");
        await TellsOnlyAsync("h2");
        await host.RunAsync("deleteGroup", "name: \"north\"");
        await host.GroupAsync("north", "h1");
        await TellsOnlyAsync("h1");

        // The stream learns of moves a moment after their commit: both beat until only the one is told.
        async Task TellsOnlyAsync(string deviceId) =>
            await Eventually.BecomesTrueAsync(
                () =>
                {
                    HashSet<string?> told = [];
                    while (stream.Events.TryRead(out var answer))
                    {
                        told.Add(DeviceOf(answer.GetProperty("data")));
                    }

                    var at = SeededRows.Noon.AddSeconds(++beat);
                    feed.Publish([Beat("h1", at), Beat("h2", at)]);
                    return told.SetEquals([deviceId]);
                },
                $"only {deviceId} is told"
            );
    }

    [Fact]
    public async Task A_stream_that_cannot_follow_its_group_ends_and_its_reason_is_logged()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("h1");
        await host.GroupAsync("north", "h1");
        await using var stream = await host.SubscribeAsync(Heartbeats, new { group = "north" });
        await using (var context = await host.OpenStoreAsync())
        {
            await context.Database.ExecuteSqlRawAsync("alter table twin_change rename to lost");
        }

        // What was handed on meanwhile has to be read from the store.
        host.Services.GetRequiredService<ChangeFeed>().Start(new ChangePosition(0, 1_000));

        var ended = await stream.EndsWithAsync("INTERNAL_ERROR");
        Assert.DoesNotContain("twin_change", ended, StringComparison.Ordinal);
        Assert.True(host.Log.Contains("no such table: twin_change"));
    }

    [Fact]
    public async Task A_reader_slower_than_the_heartbeats_gets_the_newest_of_each_device_and_no_backlog()
    {
        const int Beats = 20_000;
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("h1", "h2", "h3");
        await using var stream = await host.SubscribeAsync(Heartbeats);
        var feed = host.Services.GetRequiredService<HeartbeatFeed>();
        for (var beat = 1; beat <= Beats; beat++)
        {
            var at = SeededRows.Noon.AddMilliseconds(beat);
            feed.Publish([Beat("h1", at), Beat("h2", at), Beat("h3", at)]);
        }

        Dictionary<string, DateTime> newest = [];
        var told = 0;
        while (newest.Count < 3 || newest.Values.Any(at => at < SeededRows.Noon.AddMilliseconds(Beats)))
        {
            var data = await stream.NextAsync();
            newest[DeviceOf(data)!] = data.At("heartbeats", "at").GetDateTime();
            told++;
        }

        output.WriteLine($"{told} of {3 * Beats} heartbeats were told");
        Assert.InRange(told, 3, 3 * Beats / 2);
    }

    /// <summary>A socket that opens and closes at once leaves between the two.</summary>
    [Fact]
    public async Task A_subscriber_who_goes_before_the_first_reading_frees_everything()
    {
        await using var host = await LiveHost.StartAsync(output);
        var feed = host.Services.GetRequiredService<HeartbeatFeed>();
        using var leaving = new CancellationTokenSource();
        await host
            .Services.GetRequiredService<HeartbeatStreams>()
            .OpenAsync(Caller.Anonymous, "demo", deviceIds: null, group: null, leaving.Token);
        Assert.Equal(1, feed.Listeners);

        await leaving.CancelAsync();

        Assert.Equal(0, feed.Listeners);
    }

    private static StoredHeartbeat Beat(string deviceId, DateTime at) => new("demo", deviceId, at, at);

    private static string? DeviceOf(JsonElement data) => data.At("heartbeats", "deviceId").GetString();
}
