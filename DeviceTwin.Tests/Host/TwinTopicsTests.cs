using System.Globalization;
using System.Text.Json;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt.Messages;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet.Protocol;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The twin topics end to end: an MQTT client that knows nothing of us, a broker, the whole service, and its store.</summary>
public sealed class TwinTopicsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_device_hears_what_is_desired_when_it_comes_and_after_restarts_of_the_service_with_the_embedded_broker()
    {
        await using var host = await TwinHost.StartAsync(output);
        await HearsTheNewestAsync(host);
    }

    [Fact]
    public async Task A_device_hears_what_is_desired_when_it_comes_and_after_restarts_of_the_service_with_Mosquitto()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var options = new TwinHostOptions { Broker = broker, Store = StoreKind.Postgres };
        await using var host = await TwinHost.StartAsync(output, options);
        await HearsTheNewestAsync(host);
    }

    [Fact]
    public async Task What_a_broker_lost_is_retained_again()
    {
        await using var broker = await MosquittoBroker.StartAsync(null, "persistence false");
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Broker = broker });
        await host.AddDevicesAsync("c333", "c334");
        await DesireAsync(host, "c333", 1);
        await DesireAsync(host, "c334", 2);
        await using (var device = await TwinTopicDevice.ConnectAsync(host, "c333"))
        {
            await device.HearsAsync("desired", """{"version":1,"properties":{"a":1}}""");
        }

        await broker.RestartAsync();
        await using var later = await TwinTopicDevice.ConnectAsync(host, "c333");
        await later.HearsAsync("desired", """{"version":1,"properties":{"a":1}}""");
        await using var other = await TwinTopicDevice.ConnectAsync(host, "c334");
        await other.HearsAsync("desired", """{"version":1,"properties":{"a":2}}""");
    }

    [Fact]
    public async Task A_deleted_twin_leaves_nothing_retained_and_a_restored_one_is_told_again()
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.AddDevicesAsync("c333");
        await DesireAsync(host, "c333", 1);
        await using var device = await TwinTopicDevice.ConnectAsync(host, "c333");
        await device.HearsAsync("desired", """{"version":1,"properties":{"a":1}}""");

        await host.RunAsync("deleteDevice", """deviceId: "c333" """);
        await device.HearsAsync("desired", "");
        await using (var later = await TwinTopicDevice.ConnectAsync(host, "c333"))
        {
            await host.RunAsync("restoreDevice", """deviceId: "c333" """);
            await later.HearsAsync("desired", """{"version":1,"properties":{"a":1}}""");
        }

        await device.HearsAsync("desired", """{"version":1,"properties":{"a":1}}""");
    }

    [Fact]
    public async Task Two_hundred_patches_without_a_pause_are_answered_in_order_and_a_third_of_them_refused()
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.AddDevicesAsync("c333");
        await using var device = await TwinTopicDevice.ConnectAsync(host, "c333");
        var sent = new List<Task>();
        for (var number = 0; number < 200; number++)
        {
            sent.Add(
                device.SendAsync("reported", $$"""{"patch":{{(number % 3 == 2 ? "7" : $$"""{"n":{{number}}}""")}}}""")
            );
        }

        await Task.WhenAll(sent);
        await device.SendAsync("get", "{}");
        for (int number = 0, version = 0; number < 200; number++)
        {
            await (
                number % 3 == 2
                    ? device.HearsAsync(
                        "reported/rejected",
                        $$"""{"code":"invalid_patch","message":"$: it is not a JSON object.","version":{{version}}}"""
                    )
                    : device.HearsAsync("reported/accepted", $$"""{"version":{{++version}}}""")
            );
        }

        await device.HearsAsync(
            "get/accepted",
            """{"desired":{},"desiredVersion":0,"reported":{"n":199},"reportedVersion":134,"drift":[]}"""
        );
    }

    [Fact]
    public async Task Rubbish_on_the_twin_topics_leaves_the_service_answering()
    {
        const int Count = 5_000;
        await using var host = await TwinHost.StartAsync(output);
        await host.AddDevicesAsync("c333");
        await using var device = await TwinTopicDevice.ConnectAsync(host, "c333");
        var random = new Random(20261123);
        for (var number = 0; number < Count; number++)
        {
            await device.SendAsync(
                number % 4 == 0 ? "get" : "reported",
                MutatedMessages.Next(random),
                MqttQualityOfServiceLevel.AtMostOnce
            );
        }

        await device.SendAsync("reported", """{"patch":{"end":true}}""");
        var twin = host.Services.GetRequiredService<ITwinTopics>();
        await Eventually.BecomesTrueAsync(
            async () => (await twin.ReadAsync("c333", CancellationToken.None))!.Reported.TryGetProperty("end", out _),
            "the last patch is applied",
            TimeSpan.FromMinutes(1)
        );
        await device.SendAsync("reported", """{"patch":7}""");
        var version = (await twin.ReadAsync("c333", CancellationToken.None))!.ReportedVersion;
        await device.HearsTheNewestAsync(
            $$"""{"code":"invalid_patch","message":"$: it is not a JSON object.","version":{{version}}}""",
            "reported/rejected"
        );
    }

    [Theory, EveryStore]
    public async Task A_simulated_newer_agent_reports_and_does_what_is_desired(StoreKind kind)
    {
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Store = kind });
        await host.ConnectDeviceAsync("c333", LiveHost.Busy);
        var twin = host.Services.GetRequiredService<ITwinTopics>();
        await Eventually.BecomesTrueAsync(
            async () => (await twin.ReadAsync("c333", CancellationToken.None))?.ReportedVersion > 0,
            "it has reported, once it had a twin"
        );

        await host.RunAsync("patchDesiredProperties", """deviceId: "c333", patch: {telemetry: {interval: 30}}""");
        await Eventually.BecomesTrueAsync(
            async () => (await twin.ReadAsync("c333", CancellationToken.None))!.Drift.Count == 0,
            "it is as desired"
        );
    }

    private static async Task HearsTheNewestAsync(TwinHost host)
    {
        await host.AddDevicesAsync("c333");
        await DesireAsync(host, "c333", 1);
        await using (var device = await TwinTopicDevice.ConnectAsync(host, "c333"))
        {
            await device.HearsAsync("desired", """{"version":1,"properties":{"a":1}}""");
            await DesireAsync(host, "c333", 2);
            await device.HearsAsync("desired", """{"version":2,"properties":{"a":2}}""");
        }

        await DesireAsync(host, "c333", 3);
        await using (var device = await TwinTopicDevice.ConnectAsync(host, "c333"))
        {
            await device.HearsTheNewestAsync("""{"version":3,"properties":{"a":3}}""");
        }

        await host.RestartAsync();
        await using (var device = await TwinTopicDevice.ConnectAsync(host, "c333"))
        {
            await device.HearsTheNewestAsync("""{"version":3,"properties":{"a":3}}""");
            await device.SendAsync("reported", """{"patch":{"a":3,"b":"é"},"version":0}""");
            await device.HearsTheNewestAsync("""{"version":1}""", "reported/accepted");
            await device.SendAsync("get", "");
            await device.HearsTheNewestAsync(
                """{"desired":{"a":3},"desiredVersion":3,"reported":{"a":3,"b":"é"},"reportedVersion":1,"drift":[]}""",
                "get/accepted"
            );
        }
    }

    private static Task<JsonElement> DesireAsync(TwinHost host, string deviceId, int value) =>
        host.RunAsync(
            "patchDesiredProperties",
            string.Create(CultureInfo.InvariantCulture, $"deviceId: \"{deviceId}\", patch: {{a: {value}}}")
        );
}
