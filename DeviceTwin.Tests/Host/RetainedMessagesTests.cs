using System.Globalization;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>What a broker retained is not news; what a device sends with the flag is.</summary>
public sealed class RetainedMessagesTests(ITestOutputHelper output)
{
    private const string Reason = "the broker retained it";

    [Theory]
    [EveryStore]
    public async Task At_a_restart_a_retained_heartbeat_and_a_retained_patch_change_nothing_with_Mosquitto(
        StoreKind kind
    )
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var options = new TwinHostOptions { Broker = broker, Store = kind };
        await using var host = await TwinHost.StartAsync(output, options);
        await ChangeNothingAsync(host);
    }

    [Fact]
    public async Task At_a_restart_a_retained_heartbeat_and_a_retained_patch_change_nothing_with_the_embedded_broker()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var options = new TwinHostOptions
            {
                Configure = settings =>
                    settings.Mqtt.EmbeddedRetainedPath = Path.Combine(folder.FullName, "retained.json"),
            };
            await using var host = await TwinHost.StartAsync(output, options);
            await ChangeNothingAsync(host);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_new_service_counts_what_the_broker_retained_on_each_topic_and_creates_nothing_of_it()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        using (var device = await TestDevice.ConnectAsync(broker.Host, broker.Port, "c333"))
        {
            await RetainAsync(device, "devices/health/c333", TestDevice.Heartbeat("c333", "demo"));
            await RetainAsync(device, "devices/pub/c333", """{"id":"1","action":"ack","success":true}""");
            await RetainAsync(device, "metrics/demo", "memory,device=c333 total=1,used=1,usedpc=1");
            await RetainAsync(device, "devices/twin/c333/reported", """{"patch":{"a":1}}""");
            await RetainAsync(device, "devices/twin/c333/get", "{}");
        }

        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Broker = broker });

        await RejectsAsync(host, 5);
        Assert.Equal(5, host.Log.Lines.Count(line => line.Contains(Reason, StringComparison.Ordinal)));
        await using var context = await host.OpenStoreAsync();
        Assert.Equal(0, await context.Enrollments.CountAsync());
        Assert.Equal(0, await context.Actions.CountAsync());
    }

    private static async Task ChangeNothingAsync(TwinHost host)
    {
        await host.AddDevicesAsync("c333", "c334");
        using (var device = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "c333"))
        {
            // While the service is there these are news, with the flag or without.
            var now = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture);
            await RetainAsync(device, "devices/health/c333", TestDevice.Heartbeat("c333", "demo", now));
            await host.FindTwinAsync("c333", twin => twin.Heartbeat.Connectivity == Connectivity.Online);
            await RetainAsync(device, "devices/twin/c333/reported", """{"patch":{"a":1}}""");
            await ReportsAsync(host, """{"a":1}""");
            await SendAsync(device, "devices/twin/c333/reported", """{"patch":{"a":2}}""");
            await ReportsAsync(host, """{"a":2}""");
        }

        Assert.Equal(0, host.Services.GetRequiredService<ServiceCounters>().MessagesRejected);
        // A service that has just started holds nothing that would set the device ONLINE again.
        await host.RestartAsync();
        await RejectsAsync(host, 2);
        await using (var context = await host.OpenStoreAsync())
        {
            await context.Heartbeats.ExecuteUpdateAsync(row =>
                row.SetProperty(r => r.Connectivity, Connectivity.Offline)
            );
        }

        await host.RestartAsync();
        await RejectsAsync(host, 2);
        using var other = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "c334");
        await SendAsync(other, "devices/health/c334", TestDevice.Heartbeat("c334", "demo"));
        await host.FindTwinAsync("c334", twin => twin.Heartbeat.Connectivity == Connectivity.Online);

        await host.FindTwinAsync("c333", twin => twin.Heartbeat.Connectivity == Connectivity.Offline);
        await ReportsAsync(host, """{"a":2}""");
        Assert.Contains(host.Log.Lines, line => line.Contains($"message of c333: {Reason}", StringComparison.Ordinal));
    }

    private static Task RejectsAsync(TwinHost host, int count) =>
        Eventually.BecomesTrueAsync(
            () => host.Services.GetRequiredService<ServiceCounters>().MessagesRejected == count,
            $"{count} messages are rejected"
        );

    private static Task ReportsAsync(TwinHost host, string properties) =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                var data = await host.QueryAsync(
                    """{ device(organizationId: "demo", deviceId: "c333") { reported { properties } } }"""
                );
                return data.At("device", "reported", "properties").GetRawText() == properties;
            },
            $"c333 reports {properties}"
        );

    private static Task<MqttClientPublishResult> RetainAsync(IMqttClient device, string topic, string payload) =>
        device.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, retain: true);

    private static Task SendAsync(IMqttClient device, string topic, string payload) =>
        device.SendAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce);
}
