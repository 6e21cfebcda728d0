using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>What a device may say and hear at the embedded broker with TLS. It is c333 of the organization abc.</summary>
public sealed class EmbeddedRightsTests
{
    [Theory]
    [InlineData("devices/health/c333")]
    [InlineData("devices/pub/c333")]
    [InlineData("devices/twin/c333/reported")]
    [InlineData("devices/twin/c333/get")]
    [InlineData("metrics/abc")]
    public async Task A_device_publishes_to_topics_of_its_own(string topic)
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync();

        var answer = await PublishAsync(device, topic);

        Assert.True(answer is MqttClientPublishReasonCode.Success or MqttClientPublishReasonCode.NoMatchingSubscribers);
    }

    [Fact]
    public async Task Nothing_that_a_device_publishes_is_retained()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync();

        await device.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic("devices/pub/c333")
                .WithPayload("""{"id":"1","action":"ack","success":true}""")
                .WithRetainFlag()
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build()
        );

        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Answers.Count == 1, "the answer is stored");
        Assert.Empty(await door.Door.Broker.GetRetainedMessagesAsync());
    }

    [Fact]
    public async Task A_device_publishes_to_nothing_else()
    {
        await using var door = await TlsDoor.OpenAsync();
        door.Door.Organizations["c334"] = "other";
        var device = await door.ConnectAsync();
        string[] others =
        [
            "devices/health/c334",
            "devices/health/c3333",
            "devices/health/c33",
            "devices/health/c333/more",
            "devices/pub/c334",
            "devices/sub/c333",
            "devices/sub/c334",
            "devices/twin/c334/reported",
            "devices/twin/c334/get",
            "devices/twin/c333/desired",
            "devices/twin/c333/reported/accepted",
            "devices/twin/c333",
            "metrics/other",
            "metrics/abcd",
            "metrics/abc/more",
            "metrics/",
            "devicetwin/heartbeats/abc",
            "$SYS/broker",
            "anything",
        ];
        foreach (var topic in others)
        {
            Assert.True(
                await PublishAsync(device, topic) == MqttClientPublishReasonCode.NotAuthorized,
                $"{topic} is refused"
            );
        }

        Assert.Equal(others.Length, door.Door.Counters.MessagesRejected);
        Assert.Equal(
            1,
            door.Door.Log.CountOf("Rejected a message of c333: it may not publish to devices/health/c334.")
        );
        await device.BeatAsync(TlsDoor.Device);
        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Stored.Any(), "its own heartbeat comes");
        Assert.All(door.Door.Intake.Stored, sighting => Assert.Equal(TlsDoor.Device, sighting.DeviceId));
    }

    [Fact]
    public async Task A_device_that_is_not_known_has_no_organization_to_publish_metrics_to_until_it_is()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync("new");
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await PublishAsync(device, "metrics/abc"));

        door.Door.Organizations["new"] = "abc";

        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(device, "metrics/abc"));
    }

    [Fact]
    public async Task A_topic_alias_leads_nowhere_else()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync();
        Task<MqttClientPublishResult> SendAsync(string topic) =>
            device.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = topic,
                    TopicAlias = 1,
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                }
            );

        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, (await SendAsync("devices/health/c334")).ReasonCode);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, (await SendAsync("")).ReasonCode);
    }

    [Fact]
    public async Task A_last_will_on_anothers_topic_is_kept_back()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync(set: options =>
            options
                .WithWillTopic("devices/health/c334")
                .WithWillPayload(TestDevice.Heartbeat("c334"))
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        );

        // Gone without a word, which is when a will is read.
        device.Dispose();

        await Eventually.BecomesTrueAsync(
            () => door.Door.Log.CountOf("it may not publish to devices/health/c334") == 1,
            "the will is refused"
        );
        Assert.Empty(door.Door.Intake.Stored);
    }

    [Fact]
    public async Task A_device_subscribes_to_what_it_is_told_and_hears_it()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync();
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        device.ApplicationMessageReceivedAsync += message =>
        {
            heard.TrySetResult(message.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        foreach (
            var filter in new[]
            {
                "devices/twin/c333/#",
                "devices/twin/c333/desired",
                "devices/twin/c333/+/accepted",
                "devices/sub/c333/#",
                "devices/sub/c333",
            }
        )
        {
            Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await SubscribeAsync(device, filter));
        }

        door.Door.Outbox.Add("1", TlsDoor.Device, ActionKind.Device);

        Assert.Equal("devices/sub/c333", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, door.Door.Counters.MessagesRejected);
    }

    [Fact]
    public async Task A_device_subscribes_to_nothing_else()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync();
        var heard = 0;
        device.ApplicationMessageReceivedAsync += _ =>
        {
            Interlocked.Increment(ref heard);
            return Task.CompletedTask;
        };
        string[] others =
        [
            "#",
            "+/#",
            "+/+/c333",
            "devices/#",
            "devices/+/c333",
            "devices/sub/+",
            "devices/sub/#",
            "devices/sub/c334",
            "devices/sub/c3333/#",
            "devices/sub/c334/#",
            "devices/sub/c333/",
            "devices/sub/+/#",
            "devices/twin/#",
            "devices/twin/+/#",
            "devices/twin/+/desired",
            "devices/twin/c334/#",
            "devices/twin/c3333/#",
            "devices/twin/c333",
            "devices/twin/c333/",
            "devices/health/c333",
            "devices/pub/+",
            "metrics/abc",
            "$SYS/#",
            "$share/group/devices/sub/c333",
            "$share/group/#",
        ];
        foreach (var filter in others)
        {
            Assert.True(
                await SubscribeAsync(device, filter) > MqttClientSubscribeResultCode.GrantedQoS2,
                $"{filter} is refused"
            );
        }

        // MQTTnet has no shared subscriptions, and refuses them before it asks.
        Assert.Equal(
            others.Count(filter => !filter.StartsWith("$share", StringComparison.Ordinal)),
            door.Door.Counters.MessagesRejected
        );
        await SubscribeAsync(await door.ConnectAsync("c334"), "devices/sub/c334");
        door.Door.Outbox.Add("1", "c334", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => door.Door.Outbox.Sent.Count == 1, "another device is told something");
        await device.BeatAsync(TlsDoor.Device, MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task A_flood_of_what_is_refused_is_counted_and_does_not_flood_the_log()
    {
        await using var door = await TlsDoor.OpenAsync();
        var device = await door.ConnectAsync();
        for (var number = 0; number < 500; number++)
        {
            await device.SendAsync($"devices/health/other-{number}", "{}", MqttQualityOfServiceLevel.AtMostOnce);
        }

        await Eventually.BecomesTrueAsync(() => door.Door.Counters.MessagesRejected == 500, "all are counted");
        await Eventually.BecomesTrueAsync(
            () => door.Door.Log.CountOf("more messages within a second") >= 1,
            "the log tells how many it left out"
        );
        Assert.InRange(door.Door.Log.CountOf("it may not publish to"), 10, 100);
    }

    private static async Task<MqttClientPublishReasonCode> PublishAsync(IMqttClient device, string topic)
    {
        var answer = await device.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(topic)
                .WithPayload("{}")
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build()
        );
        return answer.ReasonCode;
    }

    private static async Task<MqttClientSubscribeResultCode> SubscribeAsync(IMqttClient device, string filter)
    {
        var answer = await device.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        return answer.Items.Single().ResultCode;
    }
}
