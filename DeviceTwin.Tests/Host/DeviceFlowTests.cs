using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>From an agent's first heartbeat to a twin, through the whole service.</summary>
public sealed class DeviceFlowTests(ITestOutputHelper output)
{
    [Theory]
    [EveryStore(Memory = true)]
    public async Task A_device_that_appears_becomes_a_twin_and_its_heartbeats_move(StoreKind kind)
    {
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Store = kind });

        var agent = await host.ConnectDeviceAsync("c333");

        var twin = await host.FindTwinAsync("c333", twin => twin.Snaps.Count > 0 && twin.OperatingSystem is not null);
        Assert.Equal("demo", twin.OrganizationId);
        Assert.Equal(agent.Device.Serial, twin.Serial);
        Assert.Equal(agent.Snaps.Select(snap => snap.Name).Order(), twin.Snaps.Select(snap => snap.Name).Order());
        Assert.Equal(Connectivity.Online, twin.Heartbeat.Connectivity);

        var first = twin.Heartbeat.HeartbeatAt;
        await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt > first);
    }

    [Fact]
    public async Task A_restart_keeps_every_twin_and_the_devices_go_on()
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.ConnectDeviceAsync("c333");
        var before = await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt is not null);

        await host.RestartAsync();

        var after = await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt > before.Heartbeat.HeartbeatAt);
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(before.CreatedAt, after.CreatedAt);
    }
}
