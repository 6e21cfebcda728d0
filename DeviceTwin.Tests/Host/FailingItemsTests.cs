using System.Text.Json;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Organizations;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using DeviceTwin.Tests.Twins.SetAside;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The whole service while everything that one device sends fails by its own fault.</summary>
public sealed class FailingItemsTests(ITestOutputHelper output)
{
    private const string Items = """
        { setAsideItems(organizationId: "abc") { totalCount nodes {
          id worker deviceId organizationId reason tries isMessage isRetrying payload
        } } }
        """;

    private static readonly string[] Pumps =
    [
        WorkerNames.ActionResponses,
        WorkerNames.Heartbeats,
        WorkerNames.Metrics,
        WorkerNames.TwinTopics,
    ];

    [Theory, EveryStore]
    [FaultTestOf(WorkerNames.ActionResponses)]
    [FaultTestOf(WorkerNames.Heartbeats)]
    [FaultTestOf(WorkerNames.Metrics)]
    [FaultTestOf(WorkerNames.TwinTopics)]
    public async Task What_fails_is_set_aside_survives_a_restart_and_is_applied_when_it_is_retried(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        Fail(host);
        using var device = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "device");
        await SayAllAsync(host, device, "bad");
        await SayAllAsync(host, device, "good");

        await Eventually.BecomesTrueAsync(
            () => IsAppliedAsync(host, "good"),
            "the other device's messages are applied"
        );
        await Eventually.BecomesTrueAsync(async () => (await ItemsAsync(host)).Count == 5, "what fails is set aside");
        Assert.False(await IsAppliedAsync(host, "bad"));
        AssertSetAside(await ItemsAsync(host));
        Assert.Equal(
            1,
            host.Log.Lines.Count(line => line.Contains("of bad and set it aside", StringComparison.Ordinal))
        );

        await host.RestartAsync();
        var tried = Fail(host);
        using var again = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "again");
        await again.BeatAsync("good", MqttQualityOfServiceLevel.AtLeastOnce);
        await Eventually.BecomesTrueAsync(() => IsAppliedAsync(host, "good"), "the other device goes on");
        AssertSetAside(await ItemsAsync(host));
        Assert.Equal(0, tried());

        // While the fault lasts a retry changes only how often it was tried.
        var first = (await ItemsAsync(host))[0];
        await ChangeAsync(host, "retrySetAsideItem", first);
        await Eventually.BecomesTrueAsync(
            async () => (await ItemsAsync(host))[0].GetProperty("tries").GetInt32() == 4,
            "it was tried once more"
        );
        Assert.Equal(1, tried());

        host.Services.GetRequiredService<FaultPoints>().OnItem = null;
        foreach (var item in await ItemsAsync(host))
        {
            await ChangeAsync(host, "retrySetAsideItem", item);
        }

        await Eventually.BecomesTrueAsync(async () => (await ItemsAsync(host)).Count == 0, "all are done");
        Assert.True(await IsAppliedAsync(host, "bad"));
    }

    [Theory, EveryStore]
    public async Task What_is_dropped_is_gone(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        Fail(host);
        using var device = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "device");
        await device.BeatAsync("bad", MqttQualityOfServiceLevel.AtLeastOnce);
        await Eventually.BecomesTrueAsync(async () => (await ItemsAsync(host)).Count == 1, "it is set aside");
        var item = (await ItemsAsync(host))[0];
        var service = await host.QueryAsync("{ service { itemsSetAside setAsideKept setAsideDropped } }");
        Assert.Equal(
            """{"itemsSetAside":1,"setAsideKept":1,"setAsideDropped":0}""",
            service.GetProperty("service").GetRawText()
        );

        await ChangeAsync(host, "dropSetAsideItem", item);

        Assert.Empty(await ItemsAsync(host));
        var answer = await host.QueryAsync(
            """mutation($id: ID!) { dropSetAsideItem(input: {organizationId: "abc", id: $id}) { item { id } errors { __typename } } }""",
            new { id = item.GetProperty("id").GetString() }
        );
        Assert.Equal(
            """{"item":null,"errors":[{"__typename":"SetAsideItemNotFoundError"}]}""",
            answer.GetProperty("dropSetAsideItem").GetRawText()
        );
    }

    [Theory, EveryStore]
    public async Task A_flood_of_messages_that_fail_lets_all_others_through(StoreKind kind)
    {
        await using var host = await StartAsync(kind, intakeCapacity: 500);
        Fail(host);
        using var device = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "device");
        for (var number = 0; number < 400; number++)
        {
            await device.AnswerAsync("bad", $$"""{"id":"{{number}}","action":"ack","success":true}""");
            await device.BeatAsync("bad", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await SayAllAsync(host, device, "good");
        await Eventually.BecomesTrueAsync(
            () => IsAppliedAsync(host, "good"),
            "the other device's messages are applied",
            TimeSpan.FromSeconds(60)
        );
        Assert.InRange((await ItemsAsync(host)).Count, 1, host.Settings.Worker.SetAsideLimit);
    }

    [Fact]
    public async Task A_reader_that_fails_for_one_device_stops_no_pump()
    {
        await using var host = await StartAsync(StoreKind.Sqlite);
        host.Services.GetRequiredService<FaultPoints>().OnItem = (worker, item) =>
        {
            if ((worker, item) is (FaultPoints.HeartbeatReader, "bad") or (FaultPoints.MetricsReader, "bad"))
            {
                throw new InvalidOperationException("injected");
            }
        };
        using var device = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "device");
        await device.BeatAsync("bad", MqttQualityOfServiceLevel.AtLeastOnce);
        await device.SendAsync("metrics/bad", "memory,device=bad total=5", MqttQualityOfServiceLevel.AtMostOnce);
        await SayAllAsync(host, device, "good");

        await Eventually.BecomesTrueAsync(
            () => IsAppliedAsync(host, "good"),
            "the other device's messages are applied"
        );
        var item = Assert.Single(await ItemsAsync(host));
        Assert.Equal("heartbeats", item.GetProperty("worker").GetString());
        Assert.Contains(host.Log.Lines, line => line.Contains("it cannot be read: injected", StringComparison.Ordinal));
    }

    private static void AssertSetAside(List<JsonElement> items)
    {
        Assert.Equal(
            ["action-responses", "heartbeats", "metrics", "twin-topics", "twin-topics"],
            items.Select(item => item.GetProperty("worker").GetString()).Order(StringComparer.Ordinal)
        );
        Assert.All(
            items,
            item =>
            {
                Assert.Equal("bad", item.GetProperty("deviceId").GetString());
                Assert.Equal("injected.", item.GetProperty("reason").GetString());
                Assert.Equal(3, item.GetProperty("tries").GetInt32());
                Assert.True(item.GetProperty("isMessage").GetBoolean());
            }
        );
        Assert.Contains("""{"patch":{"a":1}}""", items.Select(item => item.GetProperty("payload").GetString()));
    }

    // Gives how often an item of the device was reached.
    private static Func<int> Fail(TwinHost host)
    {
        var reached = 0;
        host.Services.GetRequiredService<FaultPoints>().OnItem = (worker, item) =>
        {
            if (item == "bad" && Pumps.Contains(worker))
            {
                Interlocked.Increment(ref reached);
                throw new InvalidOperationException("injected");
            }
        };
        return () => Volatile.Read(ref reached);
    }

    private static async Task SayAllAsync(TwinHost host, IMqttClient device, string deviceId)
    {
        var asked = await host.QueryAsync(
            "mutation($id: String!) { requestOperatingSystem(input: {organizationId: \"abc\", deviceId: $id}) { action { actionId } } }",
            new { id = deviceId }
        );
        var actionId = asked.At("requestOperatingSystem", "action", "actionId").GetString();
        await device.BeatAsync(deviceId, MqttQualityOfServiceLevel.AtLeastOnce);
        await device.AnswerAsync(
            deviceId,
            $$$"""{"id":"{{{actionId}}}","action":"server","success":true,"result":{"deviceId":"{{{deviceId}}}","kernelVersion":"6.1"}}"""
        );
        await device.SendAsync(
            $"devices/twin/{deviceId}/reported",
            """{"patch":{"a":1}}""",
            MqttQualityOfServiceLevel.AtLeastOnce
        );
        await device.SendAsync($"devices/twin/{deviceId}/get", "{}", MqttQualityOfServiceLevel.AtLeastOnce);
        await device.SendAsync(
            "metrics/abc",
            $"memory,device={deviceId} total=5",
            MqttQualityOfServiceLevel.AtMostOnce
        );
    }

    private static async Task<bool> IsAppliedAsync(TwinHost host, string deviceId)
    {
        var data = await host.QueryAsync(
            """
            query($id: String!) { device(organizationId: "abc", deviceId: $id) {
              connectivity operatingSystem { kernelVersion } reported { properties } metrics { memoryTotalBytes }
            } }
            """,
            new { id = deviceId }
        );
        return data.GetProperty("device").GetRawText()
            == """{"connectivity":"ONLINE","operatingSystem":{"kernelVersion":"6.1"},"reported":{"properties":{"a":1}},"metrics":{"memoryTotalBytes":5}}""";
    }

    private static async Task<List<JsonElement>> ItemsAsync(TwinHost host) =>
        [.. (await host.QueryAsync(Items)).At("setAsideItems", "nodes").EnumerateArray()];

    private static async Task ChangeAsync(TwinHost host, string mutation, JsonElement item)
    {
        var answer = await host.QueryAsync(
            $$"""mutation($id: ID!) { {{mutation}}(input: {organizationId: "abc", id: $id}) { item { id } errors { __typename } } }""",
            new { id = item.GetProperty("id").GetString() }
        );
        Assert.Equal(JsonValueKind.Null, answer.At(mutation, "errors").ValueKind);
    }

    private async Task<TwinHost> StartAsync(StoreKind kind, int intakeCapacity = 10_000)
    {
        var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Store = kind,
                Configure = settings =>
                {
                    settings.Mqtt.IntakeCapacity = intakeCapacity;
                    settings.Worker.Attempts = 3;
                    settings.Worker.Backoff = TimeSpan.FromMilliseconds(50);
                    settings.Worker.DevicePending = 20;
                },
            }
        );
        await using var context = await host.OpenStoreAsync();
        context.Add(new Organization { Id = "abc", CreatedAt = DateTime.UtcNow });
        foreach (var deviceId in new[] { "good", "bad" })
        {
            context.Add(
                new Device
                {
                    OrganizationId = "abc",
                    DeviceId = deviceId,
                    CreatedAt = DateTime.UtcNow,
                    Heartbeat = new DeviceHeartbeat(),
                    Sync = new DeviceSync(),
                }
            );
        }

        await context.SaveChangesAsync();
        return host;
    }
}
