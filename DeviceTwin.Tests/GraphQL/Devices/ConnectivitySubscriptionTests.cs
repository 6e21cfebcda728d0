using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>connectivityChanged: who came online and who went offline.</summary>
public sealed class ConnectivitySubscriptionTests(ITestOutputHelper output)
{
    private const string Changed = """
        subscription($deviceIds: [String!], $group: String) {
          connectivityChanged(organizationId: "demo", deviceIds: $deviceIds, group: $group) {
            deviceId connectivity connectivityHistory(first: 1) { connectivity }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task A_device_that_goes_and_comes_back_is_told_as_offline_and_online(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        var first = await host.ConnectDeviceAsync("p1", LiveHost.Busy);
        await host.ConnectDeviceAsync("p2", LiveHost.Busy);
        await host.KnowsSnapsOfAsync("p1");
        await host.KnowsSnapsOfAsync("p2");
        await host.GroupAsync("north", "p1");
        await host.GroupAsync("south", "p2");
        await using var all = await host.SubscribeAsync(Changed, new { deviceIds = new[] { "p1" } });
        await using var grouped = await host.SubscribeAsync(Changed, new { group = "north" });

        await first.GoAwayAsync();
        await TellsAsync(all, "OFFLINE");
        await TellsAsync(grouped, "OFFLINE");
        await first.ComeBackAsync();
        await TellsAsync(all, "ONLINE");
        await TellsAsync(grouped, "ONLINE");
    }

    private static async Task TellsAsync(TwinHostSubscription stream, string connectivity)
    {
        // What committed just before the subscription may be told, too.
        var told = await stream.NextAsync(data =>
            data.At("connectivityChanged", "connectivity").GetString() == connectivity
        );
        var device = told.GetProperty("connectivityChanged");
        Assert.Equal("p1", device.GetProperty("deviceId").GetString());
        Assert.Equal([connectivity], device.GetProperty("connectivityHistory").Texts("connectivity"));
    }
}
