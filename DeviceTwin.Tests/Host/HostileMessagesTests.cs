using System.Text;
using System.Text.Json;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt.Messages;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The whole service while somebody sends it rubbish. It measures the memory of the process, so it runs when the other tests are done.</summary>
[Collection(nameof(HostileMessagesTests))]
public sealed class HostileMessagesTests(ITestOutputHelper output)
{
    private const int Count = 200_000;

    private const string Everything = """
        {
          device(organizationId: "abc", deviceId: "c333") {
            brand model serial storeId active tags connectivity
            operatingSystem { version series osId osVersionId onClassic kernelVersion }
            snaps { name version revision channel status config services { name active } }
            groups { name }
          }
        }
        """;

    [Fact]
    public async Task Two_hundred_thousand_mutated_messages_leave_the_service_up_its_memory_flat_and_the_twin_unharmed()
    {
        await using var host = await TwinHost.StartAsync(output);
        await ConnectAsync(host);
        var before = (await host.QueryAsync(Everything)).GetRawText();
        var random = new Random(20261123);
        await SendAsync(host, random, Count / 10);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        await SendAsync(host, random, Count - (Count / 10));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 64L * 1024 * 1024);
        Assert.Equal(before, (await host.QueryAsync(Everything)).GetRawText());
        var service = (await host.QueryAsync("{ service { messagesReceived messagesRejected } organizations { id } }"));
        Assert.InRange(service.GetProperty("service").GetProperty("messagesRejected").GetInt64(), Count / 4, Count);
        Assert.Equal(
            "abc",
            Assert.Single(service.GetProperty("organizations").EnumerateArray()).GetProperty("id").GetString()
        );
    }

    [Theory]
    [InlineData("device", """{"id":"ID","action":"device","success":true}""")]
    [InlineData("server", """{"id":"ID","action":"server","success":true}""")]
    [InlineData("info", """{"id":"ID","action":"info","success":true}""")]
    [InlineData("list", """{"id":"ID","action":"list","success":true,"result":[null]}""")]
    [InlineData(
        "list",
        """{"id":"ID","action":"list","success":true,"result":[{"installedSize":99999999999999999999}]}"""
    )]
    [InlineData("device", "")]
    public async Task An_answer_that_ended_the_services_before_is_rejected_and_changes_nothing(
        string action,
        string answer
    )
    {
        await using var host = await TwinHost.StartAsync(output);
        var agent = await ConnectAsync(host);
        var before = (await host.QueryAsync(Everything)).GetRawText();
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.Device.OverrideAnswer(
            action,
            asked =>
            {
                answered.TrySetResult();
                return Encoding.UTF8.GetBytes(answer.Replace("ID", asked.Id, StringComparison.Ordinal));
            }
        );

        var field = action switch
        {
            "device" => "requestDeviceInfo",
            "server" => "requestOperatingSystem",
            "info" => "requestSnapInfo",
            _ => "requestSnapList",
        };
        var snap = action == "info" ? """, snap: "core22" """ : "";
        var asked = await host.QueryAsync(
            $$"""mutation { {{field}}(input: { organizationId: "abc", deviceId: "c333"{{snap}} }) { action { actionId } } }"""
        );
        await answered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.BecomesTrueAsync(async () => await RejectedAsync(host) > 0, "the answer is rejected");

        Assert.Equal(before, (await host.QueryAsync(Everything)).GetRawText());
        var actionId = asked.GetProperty(field).GetProperty("action").GetProperty("actionId").GetString();
        var stored = await host.QueryAsync(
            $$"""{ action(organizationId: "abc", actionId: "{{actionId}}") { status } }"""
        );
        Assert.Equal("SENT", stored.GetProperty("action").GetProperty("status").GetString());
    }

    private static async Task<SimulatedAgent> ConnectAsync(TwinHost host)
    {
        var agent = await host.ConnectDeviceAsync(
            "c333",
            new SimulatorOptions
            {
                Organization = "abc",
                Interval = TimeSpan.FromSeconds(1),
                OlderAgentShare = 0,
                VersionlessShare = 0,
                SnapdDelay = TimeSpan.Zero,
            }
        );
        await Eventually.BecomesTrueAsync(
            async () =>
                (await host.QueryAsync(Everything)).GetProperty("device") is { ValueKind: JsonValueKind.Object } device
                && device.GetProperty("snaps").GetArrayLength() > 0,
            "the device has a twin with snaps"
        );
        return agent;
    }

    private static async Task SendAsync(TwinHost host, Random random, int count)
    {
        var received = await ReceivedAsync(host);
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer(host.BrokerHost, host.BrokerPort).Build(),
            CancellationToken.None
        );
        string[] topics = ["devices/health/c333", "devices/pub/c333", "metrics/abc"];
        for (var number = 0; number < count; number++)
        {
            await client.PublishBinaryAsync(
                topics[number % topics.Length],
                MutatedMessages.Next(random),
                MqttQualityOfServiceLevel.AtMostOnce
            );
        }

        await Eventually.BecomesTrueAsync(
            async () => await ReceivedAsync(host) >= received + count,
            "every message was taken in",
            TimeSpan.FromMinutes(3)
        );
        await client.DisconnectAsync();
    }

    private static async Task<long> ReceivedAsync(TwinHost host) =>
        (await host.QueryAsync("{ service { messagesReceived } }"))
            .GetProperty("service")
            .GetProperty("messagesReceived")
            .GetInt64();

    private static async Task<long> RejectedAsync(TwinHost host) =>
        (await host.QueryAsync("{ service { messagesRejected } }"))
            .GetProperty("service")
            .GetProperty("messagesRejected")
            .GetInt64();
}

[CollectionDefinition(nameof(HostileMessagesTests), DisableParallelization = true)]
public sealed class HostileMessagesCollection;
