using System.Text;
using DeviceTwin.Simulator;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Simulator;

public sealed class SimulatedFleetTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Agents_connect_and_speak_as_the_protocol_says()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 3, Organization = "abc" });

        Assert.All(
            broker.Connections,
            connection => Assert.Equal(MqttProtocolVersion.V311, connection.ProtocolVersion)
        );
        Assert.All(broker.Connections, connection => Assert.True(connection.CleanSession));
        Assert.Contains(
            ("device-0002", "devices/sub/device-0002", MqttQualityOfServiceLevel.AtLeastOnce),
            broker.Subscriptions
        );
        var heartbeat = await broker.ReceivedAsync(message => message.Topic == "devices/health/device-0002");
        Assert.Equal("device-0002", heartbeat.ClientId);
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, heartbeat.Quality);
        Assert.False(heartbeat.Retained);
        Assert.Equal("abc", (string?)heartbeat.Json["orgId"]);
        var memory = await broker.ReceivedAsync(message =>
            message.Payload.StartsWith("memory,device=device-0002 ", StringComparison.Ordinal)
        );
        Assert.Equal("metrics/abc", memory.Topic);
        await broker.ReceivedAsync(message =>
            message.Payload.StartsWith("cpu,device=device-0002 ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Heartbeats_go_on_at_the_interval()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(
            broker,
            new() { Devices = 1, Interval = TimeSpan.FromMilliseconds(50) }
        );
        await broker.ReceivedAsync(message => message.Topic == "devices/health/device-0001", pass: 9);
        Assert.True(fleet.Counters.HeartbeatsSent >= 10);
    }

    [Fact]
    public async Task The_quality_of_heartbeats_can_be_chosen()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 1, HeartbeatQuality = 1 });
        var heartbeat = await broker.ReceivedAsync(message => message.Topic == "devices/health/device-0001");
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, heartbeat.Quality);
    }

    [Fact]
    public async Task An_action_is_answered_with_its_id_and_shows_in_the_next_list()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 2, SnapdDelay = TimeSpan.Zero });

        var answer = await broker.AskAsync("device-0001", """{"id":"a1","action":"install","snap":"helloworld"}""");
        Assert.Equal("a1", (string?)answer.Json["id"]);
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, answer.Quality);
        Assert.False(answer.Retained);
        var list = await broker.AskAsync("device-0001", """{"id":"a2","action":"list"}""");
        Assert.Contains("helloworld", list.Payload, StringComparison.Ordinal);
        Assert.Contains(fleet["device-0001"].Snaps, snap => snap.Name == "helloworld");
        Assert.DoesNotContain(fleet["device-0002"].Snaps, snap => snap.Name == "helloworld");
        await SimulatorBroker.UntilAsync(() => fleet.Counters.AnswersSent == 2);
        Assert.Equal(2, fleet.Counters.ActionsReceived);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_actions()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 1 });
        for (var number = 0; number < 100; number++)
            await broker.SendAsync("device-0001", $$"""{"id":"{{number}}","action":"server"}""");
        await SimulatorBroker.UntilAsync(() => fleet.Counters.AnswersSent == 100);
        var ids = broker.Messages.Where(m => m.Topic == "devices/pub/device-0001").Select(m => (string?)m.Json["id"]);
        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"{number}"), ids);
    }

    [Fact]
    public async Task An_unknown_action_gets_an_empty_payload()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 1 });
        Assert.Equal("", (await broker.AskAsync("device-0001", """{"id":"1","action":"dance"}""")).Payload);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_is_sent_to_an_agent_that_is_away_is_lost(int sharedConnections)
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 2, SharedConnections = sharedConnections });
        var agent = fleet["device-0001"];

        await agent.GoAwayAsync();
        Assert.False(agent.IsConnected);
        Assert.Equal(1, fleet.Counters.Connected);
        await broker.SendAsync("device-0001", """{"id":"lost","action":"server"}""");
        var heartbeats = broker.Messages.Count(message => message.Topic == "devices/health/device-0001");
        await agent.ComeBackAsync();
        await broker.ReceivedAsync(message => message.Topic == "devices/health/device-0001", heartbeats);
        var answer = await broker.AskAsync("device-0001", """{"id":"heard","action":"server"}""");
        Assert.Equal("heard", (string?)answer.Json["id"]);
        Assert.Equal(1, fleet.Counters.ActionsReceived);
    }

    [Fact]
    public async Task An_agent_that_goes_and_comes_back_at_once_stays()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 1 });
        for (var turn = 0; turn < 100; turn++)
        {
            await fleet["device-0001"].GoAwayAsync();
            await fleet["device-0001"].ComeBackAsync();
        }

        await broker.AskAsync("device-0001", """{"id":"1","action":"server"}""");
        // A connection may be refused while its predecessor is going, and is tried again; two that throw each other out never end.
        Assert.InRange(broker.Connections.Count, 101, 120);
        Assert.True(fleet["device-0001"].IsConnected);
    }

    [Fact]
    public async Task A_share_of_the_agents_goes_away_and_comes_back_by_itself()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(
            broker,
            new()
            {
                Devices = 20,
                Interval = TimeSpan.FromMilliseconds(50),
                AwayShare = 0.5,
            }
        );
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Connected is > 0 and < 16);
        await SimulatorBroker.UntilAsync(() => broker.Connections.Count > 30);
        Assert.Contains(fleet.Agents, agent => agent.IsConnected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Agents_come_back_after_the_broker_was_away(int sharedConnections)
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 5, SharedConnections = sharedConnections });

        await broker.GoAwayAsync();
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Connected == 0 && fleet.Counters.Trouble is not null);
        Assert.StartsWith($"broker 127.0.0.1:{broker.Port} is not reached: ", fleet.Counters.Trouble);
        await broker.ComeBackAsync();
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Connected == 5);
        Assert.Null(fleet.Counters.Trouble);
        await broker.AskAsync("device-0003", """{"id":"1","action":"server"}""");
    }

    [Fact]
    public async Task Many_devices_share_few_connections_and_answer_all_the_same()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 450, SharedConnections = 2 });
        Assert.Equal(2, broker.Connections.Count);
        Assert.Equal(450, fleet.Counters.Connected);
        await broker.ReceivedAsync(message => message.Topic == "devices/health/device-0450");
        var answer = await broker.AskAsync("device-0449", """{"id":"1","action":"device"}""");
        Assert.Equal("device-0449", (string?)answer.Json["result"]!["deviceId"]);
    }

    [Fact]
    public async Task An_agent_that_unregisters_answers_and_goes_until_it_is_called_back()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 1 });
        var answer = await broker.AskAsync("device-0001", """{"id":"1","action":"unregister"}""");
        Assert.True((bool)answer.Json["success"]!);
        await SimulatorBroker.UntilAsync(() => fleet["device-0001"] is { IsAway: true, IsConnected: false });
        await fleet["device-0001"].ComeBackAsync();
        await broker.AskAsync("device-0001", """{"id":"2","action":"server"}""");
    }

    [Fact]
    public async Task Odd_answers_and_messages_can_be_injected()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = await StartAsync(broker, new() { Devices = 1 });
        var agent = fleet["device-0001"];
        agent.Device.OverrideAnswer("list", _ => Encoding.UTF8.GetBytes("[null]"));
        Assert.Equal("[null]", (await broker.AskAsync("device-0001", """{"id":"1","action":"list"}""")).Payload);
        Assert.True(await agent.PublishAsync("devices/health/other", [0x7b], 0, CancellationToken.None));
        Assert.Equal("{", (await broker.ReceivedAsync(message => message.Topic == "devices/health/other")).Payload);
    }

    [Fact]
    public async Task A_fleet_stops_fast_and_disconnects()
    {
        await using var broker = await SimulatorBroker.StartAsync();
        await using var fleet = new SimulatedFleet(new SimulatorOptions { Devices = 100, Port = broker.Port });
        using var stop = new CancellationTokenSource();
        var running = fleet.RunAsync(stop.Token);
        await fleet.WhenConnectedAsync().WaitAsync(Limit);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(0, fleet.Counters.Connected);
    }

    [Fact]
    public async Task A_fleet_stops_although_its_broker_was_never_there()
    {
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions { Devices = 50, Port = SimulatorBroker.FreePort() }
        );
        fleet.Start();
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Trouble is not null);
        await fleet.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<SimulatedFleet> StartAsync(SimulatorBroker broker, SimulatorOptions options)
    {
        var fleet = new SimulatedFleet(options with { Port = broker.Port });
        fleet.Start();
        await fleet.WhenConnectedAsync().WaitAsync(Limit);
        return fleet;
    }
}
