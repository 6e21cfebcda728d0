using System.Collections.Concurrent;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

public sealed class OutboxSenderTests
{
    [Fact]
    public async Task An_action_goes_to_its_device_without_its_empty_fields_and_is_marked_as_sent()
    {
        await using var door = await Door.OpenAsync();
        var device = await door.ConnectDeviceAsync();
        var received =
            new ConcurrentQueue<(string Topic, string Payload, MqttQualityOfServiceLevel Quality, bool Retain)>();
        device.ApplicationMessageReceivedAsync += message =>
        {
            var told = message.ApplicationMessage;
            received.Enqueue((told.Topic, told.ConvertPayloadToString(), told.QualityOfServiceLevel, told.Retain));
            return Task.CompletedTask;
        };
        await device.SubscribeAsync("devices/sub/c333", MqttQualityOfServiceLevel.AtLeastOnce);

        door.Outbox.Add("1", "c333", ActionKind.List);
        door.Outbox.Add("2", "c333", ActionKind.Setconf, "hello", """{"a":"ü"}""");

        await Eventually.BecomesTrueAsync(() => received.Count == 2 && door.Outbox.Sent.Count == 2, "both are sent");
        Assert.Equal(
            [
                ("devices/sub/c333", """{"id":"1","action":"list"}""", MqttQualityOfServiceLevel.AtLeastOnce, false),
                (
                    "devices/sub/c333",
                    """{"id":"2","action":"setconf","snap":"hello","data":"{\"a\":\"ü\"}"}""",
                    MqttQualityOfServiceLevel.AtLeastOnce,
                    false
                ),
            ],
            received.OrderBy(message => message.Payload, StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_action_whose_device_is_not_subscribed_waits_until_it_is(bool isMosquitto)
    {
        await using var broker = isMosquitto ? await MosquittoBroker.StartAsync() : null;
        await using var door = await Door.StartAsync(setAll: settings =>
        {
            if (broker is not null)
            {
                MosquittoTests.Use(settings, broker.Host, broker.Port, certificates: null);
            }
        });
        await door.IsConnectedAsync();
        door.Outbox.Add("1", "c333", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => door.Outbox.Deferred.Count >= 2, "it is tried, and tried again");
        Assert.Empty(door.Outbox.Sent);
        Assert.InRange(door.Outbox.Claims, 2, 20);

        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker?.Port ?? door.Port, "c333");
        var received = new ConcurrentQueue<string>();
        device.ApplicationMessageReceivedAsync += message =>
        {
            received.Enqueue(message.ApplicationMessage.ConvertPayloadToString());
            return Task.CompletedTask;
        };
        await device.SubscribeAsync("devices/sub/c333", MqttQualityOfServiceLevel.AtLeastOnce);

        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 1, "it is sent");
        await Eventually.BecomesTrueAsync(() => !received.IsEmpty, "and is there");
        Assert.Equal("""{"id":"1","action":"device"}""", Assert.Single(received));
        Assert.Empty(door.Outbox.Released);
        Assert.Equal(0, door.Log.CountOf("Actions cannot be sent"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Desired_properties_are_sent_whether_or_not_their_device_is_subscribed(bool isMosquitto)
    {
        await using var broker = isMosquitto ? await MosquittoBroker.StartAsync() : null;
        await using var door = await Door.StartAsync(setAll: settings =>
        {
            if (broker is not null)
            {
                MosquittoTests.Use(settings, broker.Host, broker.Port, certificates: null);
            }
        });
        await door.IsConnectedAsync();
        door.DesiredOutbox.Add("c333", 1, "{}");
        await Eventually.BecomesTrueAsync(() => door.DesiredOutbox.Sent.Count == 1, "they are sent");
    }

    [Fact]
    public async Task An_action_that_cannot_be_published_is_given_back_and_the_others_go()
    {
        await using var door = await Door.OpenAsync();
        await SubscribeAsync(door);
        door.Outbox.Add("1", "+", ActionKind.Device);
        door.Outbox.Add("2", "c333", ActionKind.Device);
        await Eventually.BecomesTrueAsync(
            () => !door.Outbox.Released.IsEmpty && !door.Outbox.Sent.IsEmpty,
            "both are settled"
        );
        Assert.All(door.Outbox.Released, action => Assert.Equal("+", action.DeviceId));
        Assert.Equal("c333", Assert.Single(door.Outbox.Sent).DeviceId);
        Assert.True(door.Status.Current.Connected);
    }

    [Fact]
    public async Task An_action_that_is_never_published_is_set_aside_after_some_tries()
    {
        await using var door = await Door.StartAsync(setAll: settings =>
            (settings.Worker.Attempts, settings.Worker.Backoff) = (3, TimeSpan.FromMilliseconds(1))
        );
        await door.IsConnectedAsync();
        await SubscribeAsync(door);
        door.Outbox.Add("1", "+", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => !door.SetAside.Items.IsEmpty, "it is set aside");
        door.Outbox.Add("2", "c333", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => !door.Outbox.Sent.IsEmpty, "the other is sent");

        var (worker, item, _, tries) = Assert.Single(door.SetAside.Items);
        Assert.Equal((WorkerNames.ActionOutbox, "+", 3), (worker, item.DeviceId, tries));
        Assert.Equal(3, door.Outbox.Released.Count);
    }

    [Fact]
    public async Task A_message_at_which_the_broker_ends_the_connection_is_found_and_set_aside_and_the_others_are_sent()
    {
        // Mosquitto ends the connection of a client that sends more.
        await using var broker = await MosquittoBroker.StartAsync(tls: null, "message_size_limit 2000");
        await using var door = await Door.StartAsync(
            mqtt =>
            {
                (mqtt.Url, mqtt.Tls, mqtt.Port) = (broker.Host, false, broker.Port);
            },
            setAll: settings => (settings.Worker.Attempts, settings.Worker.Backoff) = (2, TimeSpan.FromMilliseconds(1))
        );
        await door.IsConnectedAsync();
        using var devices = await TestDevice.ConnectAsync(broker.Host, broker.Port, "devices");
        await devices.SubscribeAsync("devices/sub/#", MqttQualityOfServiceLevel.AtLeastOnce);
        door.Outbox.Add("large", "d0", ActionKind.Setconf, "nats", new string('x', 5_000));
        for (var number = 1; number <= 20; number++)
        {
            door.Outbox.Add($"{number}", $"d{number}", ActionKind.Device);
        }

        await Eventually.BecomesTrueAsync(
            () => door.Outbox.Sent.DistinctBy(action => action.ActionId).Count() == 20,
            "all others are sent",
            TimeSpan.FromSeconds(60)
        );
        await Eventually.BecomesTrueAsync(
            () => !door.SetAside.Items.IsEmpty,
            "it is set aside",
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal("d0", Assert.Single(door.SetAside.Items).Item.DeviceId);
    }

    [Fact]
    public async Task While_the_broker_is_away_nothing_is_claimed()
    {
        await using var door = await Door.StartAsync(mqtt =>
        {
            mqtt.Url = "127.0.0.1";
            mqtt.Tls = false;
            mqtt.Port = 1;
        });
        door.Outbox.Add("1", "c333", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => door.Status.Current.LastError is not null, "the broker is away");
        Assert.Equal(0, door.Outbox.Claims);
    }

    [Fact]
    public async Task Two_thousand_actions_are_sent_in_seconds()
    {
        await using var door = await Door.OpenAsync();
        await SubscribeAsync(door);
        for (var number = 0; number < 2_000; number++)
        {
            door.Outbox.Add($"{number}", $"d{number}", ActionKind.Device);
        }

        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 2_000, "all are sent");
        Assert.Equal(2_000, door.Outbox.Sent.DistinctBy(action => action.ActionId).Count());
    }

    [Fact]
    public async Task While_many_answers_wait_nothing_more_is_asked()
    {
        var stored = new TaskCompletionSource();
        var intake = new FakeIntake
        {
            Apply = async (_, token) =>
            {
                await stored.Task.WaitAsync(token);
                return null;
            },
        };
        // 16 answers wait in their channel and as many have left it; more than that would stop heartbeats.
        await using var door = await Door.OpenAsync(mqtt => mqtt.IntakeCapacity = 100, intake);
        var waitingAtClaims = new ConcurrentQueue<int>();
        door.Outbox.Claimed = () => waitingAtClaims.Enqueue(door.Channels.Answers.Reader.Count);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 30; number++)
        {
            await device.AnswerAsync($"d{number}", """{"id":"1","action":"ack","success":true}""");
        }

        await Eventually.BecomesTrueAsync(() => door.Channels.Answers.Reader.Count > 8, "many wait");
        await device.SubscribeAsync("devices/sub/c333", MqttQualityOfServiceLevel.AtLeastOnce);
        door.Outbox.Add("2", "c333", ActionKind.Device);
        await device.BeatAsync("c333");
        await Eventually.BecomesTrueAsync(() => intake.Stored.Any(), "the heartbeat behind them is stored");
        stored.SetResult();

        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 1, "the action is sent");
        Assert.InRange(Assert.Single(waitingAtClaims), 0, 4);
    }

    private static async Task SubscribeAsync(Door door)
    {
        var devices = await door.ConnectDeviceAsync("devices");
        await devices.SubscribeAsync("devices/sub/#", MqttQualityOfServiceLevel.AtLeastOnce);
    }
}
