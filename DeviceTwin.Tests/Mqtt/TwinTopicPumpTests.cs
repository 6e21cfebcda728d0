using System.Collections.Concurrent;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

public sealed class TwinTopicPumpTests
{
    [Fact]
    public async Task Patches_and_questions_of_a_device_are_answered_in_their_order()
    {
        var version = 0;
        await using var door = await Door.OpenAsync();
        door.TwinTopics.Apply = _ => new ReportedOutcome(++version);
        var (device, heard) = await ListenAsync(door, "c333");
        for (var number = 0; number < 20; number++)
        {
            await device.SendAsync(
                "devices/twin/c333/reported",
                """{"patch":{}}""",
                MqttQualityOfServiceLevel.AtLeastOnce
            );
            await device.SendAsync("devices/twin/c333/get", "{}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await Eventually.BecomesTrueAsync(() => heard.Count == 40, "all are answered");
        Assert.Equal(
            Enumerable
                .Range(1, 20)
                .SelectMany(number =>
                    new[]
                    {
                        ("reported/accepted", $$"""{"version":{{number}}}"""),
                        (
                            "get/accepted",
                            $$"""{"desired":{},"desiredVersion":0,"reported":{},"reportedVersion":{{number}},"drift":[]}"""
                        ),
                    }
                ),
            heard
        );
        await Eventually.BecomesTrueAsync(
            () => door.Intake.Stored.Any(sighting => sighting.DeviceId == "c333"),
            "it was seen"
        );
    }

    [Fact]
    public async Task A_patch_that_cannot_be_applied_now_is_tried_again_and_answered_once()
    {
        var attempts = 0;
        await using var door = await Door.OpenAsync();
        door.TwinTopics.Apply = _ => ++attempts < 3 ? throw new DeviceHeldException("c333") : new ReportedOutcome(1);
        var (device, heard) = await ListenAsync(door, "c333");
        await device.SendAsync("devices/twin/c333/reported", """{"patch":{}}""", MqttQualityOfServiceLevel.AtLeastOnce);

        await Eventually.BecomesTrueAsync(() => !heard.IsEmpty, "it is answered");
        Assert.Equal(("reported/accepted", """{"version":1}"""), Assert.Single(heard));
        Assert.Equal(3, attempts);
        Assert.Equal(0, door.Counters.MessagesRejected);
    }

    [Fact]
    public async Task What_is_refused_or_no_patch_is_answered_counted_and_logged()
    {
        await using var door = await Door.OpenAsync();
        door.TwinTopics.Apply = _ => new ReportedOutcome(9, new ReportedRefusal("version_conflict", "It is 9."));
        var (device, heard) = await ListenAsync(door, "c333");
        await device.SendAsync("devices/twin/c333/reported", """{"patch":{}}""", MqttQualityOfServiceLevel.AtLeastOnce);
        await device.SendAsync("devices/twin/c333/reported", "rubbish", MqttQualityOfServiceLevel.AtLeastOnce);
        await device.SendAsync("devices/twin/unknown/get", "{}", MqttQualityOfServiceLevel.AtLeastOnce);

        await Eventually.BecomesTrueAsync(
            () => heard.Count == 2 && door.Counters.MessagesRejected == 3,
            "all are settled"
        );
        Assert.Equal(
            [
                ("reported/rejected", """{"code":"version_conflict","message":"It is 9.","version":9}"""),
                (
                    "reported/rejected",
                    """{"code":"invalid_patch","message":"the payload is not a JSON object","version":3}"""
                ),
            ],
            heard
        );
        Assert.Equal(1, door.Log.CountOf("c333: version_conflict: It is 9."));
        Assert.Equal(1, door.Log.CountOf("c333: the payload is not a JSON object."));
        Assert.Equal(1, door.Log.CountOf("unknown: there is no such device."));
    }

    [Fact]
    public async Task Desired_properties_are_retained_until_their_twin_is_deleted()
    {
        await using var door = await Door.OpenAsync();
        door.DesiredOutbox.Add("c333", 12, """{"a":"é"}""");
        await Eventually.BecomesTrueAsync(() => door.DesiredOutbox.Sent.Count == 1, "it is sent");
        var retained = Assert.Single(await door.Broker.GetRetainedMessagesAsync());
        Assert.Equal(
            (
                "devices/twin/c333/desired",
                """{"version":12,"properties":{"a":"é"}}""",
                MqttQualityOfServiceLevel.AtLeastOnce
            ),
            (retained.Topic, retained.ConvertPayloadToString(), retained.QualityOfServiceLevel)
        );

        door.DesiredOutbox.Add("c333", 12, null);
        await Eventually.BecomesTrueAsync(() => door.DesiredOutbox.Sent.Count == 2, "its end is sent");
        Assert.Empty(await door.Broker.GetRetainedMessagesAsync());
    }

    [Fact]
    public async Task A_connection_with_the_old_session_sends_nothing_again()
    {
        await using var door = await Door.OpenAsync();
        await Eventually.BecomesTrueAsync(() => door.DesiredOutbox.SentAllAgain == 1, "the first session is new");
        await door.DropConnectionAsync();
        await Eventually.BecomesTrueAsync(() => door.Log.CountOf("Connected to") == 2, "the door is connected again");
        door.DesiredOutbox.Add("c333", 1, "{}");
        await Eventually.BecomesTrueAsync(() => door.DesiredOutbox.Sent.Count == 1, "the sender goes on");
        Assert.Equal(1, door.DesiredOutbox.SentAllAgain);
    }

    private static async Task<(IMqttClient Device, ConcurrentQueue<(string Topic, string Payload)> Heard)> ListenAsync(
        Door door,
        string deviceId
    )
    {
        var device = await door.ConnectDeviceAsync();
        var heard = new ConcurrentQueue<(string, string)>();
        var start = $"devices/twin/{deviceId}/".Length;
        device.ApplicationMessageReceivedAsync += message =>
        {
            var told = message.ApplicationMessage;
            heard.Enqueue((told.Topic[start..], told.ConvertPayloadToString()));
            return Task.CompletedTask;
        };
        await device.SubscribeAsync(
            $"devices/twin/{deviceId}/reported/accepted",
            MqttQualityOfServiceLevel.AtLeastOnce
        );
        await device.SubscribeAsync(
            $"devices/twin/{deviceId}/reported/rejected",
            MqttQualityOfServiceLevel.AtLeastOnce
        );
        await device.SubscribeAsync($"devices/twin/{deviceId}/get/accepted", MqttQualityOfServiceLevel.AtLeastOnce);
        return (device, heard);
    }
}
