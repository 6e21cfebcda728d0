using System.Diagnostics;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The whole service while its broker is away or many people ask at once.</summary>
public sealed class PressureTests(ITestOutputHelper output)
{
    [Fact]
    public async Task An_action_that_is_asked_for_while_the_broker_is_away_is_stored_at_once_and_sent_when_it_is_back()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Broker = broker });
        var agent = await host.ConnectDeviceAsync("c333");
        await host.FindTwinAsync("c333", twin => twin.Snaps.Count > 0);
        await broker.StopAsync();
        await Eventually.BecomesTrueAsync(() => !host.IsConnected, "the loss is seen");

        var started = Stopwatch.GetTimestamp();
        var answer = await host.QueryAsync(
            """
            mutation {
              installSnap(input: { organizationId: "demo", deviceId: "c333", snap: "htop" }) { action { status } }
            }
            """
        );
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(
            "QUEUED",
            answer.GetProperty("installSnap").GetProperty("action").GetProperty("status").GetString()
        );

        await broker.RestartAsync();
        await Eventually.BecomesTrueAsync(
            () => agent.Device.Snaps.Any(snap => snap.Name == "htop"),
            "the device has installed the snap",
            TimeSpan.FromSeconds(60)
        );
    }

    [Fact]
    public async Task Two_hundred_readers_at_once_are_all_answered_and_heartbeats_go_on_on_PostgreSQL()
    {
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Store = StoreKind.Postgres });
        await host.ConnectDeviceAsync("c333");
        var before = await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt is not null);
        var readers = Enumerable
            .Range(0, 200)
            .Select(async _ =>
            {
                for (var number = 0; number < 5; number++)
                {
                    await host.QueryAsync(
                        """{ devices(organizationId: "demo") { totalCount nodes { deviceId snaps { name } } } }"""
                    );
                }
            });

        await Task.WhenAll(readers);

        await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt > before.Heartbeat.HeartbeatAt);
    }
}
