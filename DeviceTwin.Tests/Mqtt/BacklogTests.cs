using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>A real Mosquitto that has queued messages for the service while it was away.</summary>
public sealed class BacklogTests
{
    private const int Backlog = 20_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Behind_a_backlog_that_is_not_worked_off_the_service_is_connected_hears_heartbeats_and_sends_actions()
    {
        await using var broker = await StartAsync();
        await using var door = await OpenAsync(broker, mqtt => { }, out var open);

        await Eventually.BecomesTrueAsync(() => door.Status.Current.Connected, "it is connected", Soon);
        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
        await device.SubscribeAsync("devices/sub/c333", MqttQualityOfServiceLevel.AtLeastOnce);
        await device.BeatAsync("c333");
        door.Outbox.Add("1", "c333", ActionKind.Install, "nats");
        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 1, "the action is sent", Soon);
        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(), "the heartbeat is stored", Soon);
        Assert.Empty(door.TwinTopics.Patches);

        open.SetResult();
        await Eventually.BecomesTrueAsync(
            () => door.TwinTopics.Patches.Count == Backlog,
            "the backlog is worked off",
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal(0, door.Log.CountOf("Cannot connect to"));
        Assert.Equal(1, door.Log.CountOf("Connected to"));
    }

    [Fact]
    public async Task A_backlog_that_has_no_room_in_memory_does_not_keep_the_service_from_being_ready()
    {
        await using var broker = await StartAsync();
        await using var door = await OpenAsync(broker, mqtt => mqtt.IntakeBytes = 1, out var open);

        await Eventually.BecomesTrueAsync(() => door.Status.Current.Connected, "it is connected", Soon);
        Assert.Empty(door.TwinTopics.Patches);
        Assert.InRange(door.Counters.MessagesReceived, 1, Backlog / 2);
        Assert.Equal(1, door.Log.CountOf("has a backlog for us"));

        open.SetResult();
        await Eventually.BecomesTrueAsync(
            () => door.TwinTopics.Patches.Count == Backlog,
            "the backlog is worked off",
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal(0, door.Log.CountOf("Cannot connect to"));
        Assert.Equal(1, door.Log.CountOf("Connected to"));
    }

    private static async Task<MosquittoBroker> StartAsync()
    {
        var broker = await MosquittoBroker.StartAsync(null, "max_inflight_messages 0", "max_queued_messages 0");
        await using (var before = await Door.StartAsync(setAll: settings => Use(settings, broker)))
        {
            await before.IsConnectedAsync();
        }

        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
        foreach (var numbers in Enumerable.Range(0, Backlog).Chunk(500))
        {
            await Task.WhenAll(
                numbers.Select(number =>
                    device.SendAsync(
                        $"devices/twin/d{number % 100}/reported",
                        $$$"""{"patch":{"n":{{{number}}}}}""",
                        MqttQualityOfServiceLevel.AtLeastOnce
                    )
                )
            );
        }

        return broker;
    }

    private static Task<Door> OpenAsync(
        MosquittoBroker broker,
        Action<DeviceTwin.Api.Configuration.MqttSettings> set,
        out TaskCompletionSource open
    )
    {
        var opening = open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Door.StartAsync(
            setAll: settings =>
            {
                Use(settings, broker);
                set(settings.Mqtt);
            },
            prepare: door => door.TwinTopics.Open = opening.Task
        );
    }

    private static void Use(DeviceTwin.Api.Configuration.Settings settings, MosquittoBroker broker) =>
        MosquittoTests.Use(settings, broker.Host, broker.Port, certificates: null);
}
