using System.Diagnostics;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>A fleet that appears all at once.</summary>
public sealed class BurstTests(ITestOutputHelper output)
{
    private const int Devices = 2_000;

    // Seconds on a free machine; tests share theirs.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_thousand_unknown_devices_become_twins_while_heartbeats_go_on_with_SQLite_and_the_embedded_broker()
    {
        await using var host = await TwinHost.StartAsync(output);
        await TakeInAsync(host);
    }

    [Fact]
    public async Task Two_thousand_unknown_devices_become_twins_while_heartbeats_go_on_with_PostgreSQL_and_Mosquitto()
    {
        await using var broker = await MosquittoBroker.StartAsync(
            tls: null,
            "max_inflight_messages 0",
            "max_queued_messages 0"
        );
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions { Store = StoreKind.Postgres, Broker = broker }
        );
        await TakeInAsync(host);
    }

    private async Task TakeInAsync(TwinHost host)
    {
        await host.ConnectDeviceAsync("known");
        var known = await host.FindTwinAsync("known", twin => twin.Heartbeat.HeartbeatAt is not null);
        var fleet = host.CreateFleet(
            new SimulatorOptions
            {
                Devices = Devices,
                SharedConnections = 20,
                Interval = TimeSpan.FromMinutes(10),
            }
        );

        var started = Stopwatch.GetTimestamp();
        fleet.Start();
        await Eventually.BecomesTrueAsync(
            async () => await host.CountTwinsAsync() > Devices / 2,
            "half of the devices are twins",
            Limit
        );
        var during = await host.FindTwinAsync(
            "known",
            twin => twin.Heartbeat.HeartbeatAt > known.Heartbeat.HeartbeatAt
        );
        await Eventually.BecomesTrueAsync(
            async () => await host.CountTwinsAsync() == Devices + 1,
            "every device is a twin",
            Limit
        );
        output.WriteLine($"{Devices} twins after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");

        // The service is of use afterwards, not only alive.
        await host.FindTwinAsync("known", twin => twin.Heartbeat.HeartbeatAt > during.Heartbeat.HeartbeatAt);
    }
}
