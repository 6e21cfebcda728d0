using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace DeviceTwin.Tests.Mqtt;

public sealed class EmbeddedBrokerTests
{
    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var fault = await Assert.ThrowsAsync<SetupException>(() => Door.StartAsync(mqtt => mqtt.Port = port));
        Assert.StartsWith(
            $"The embedded broker cannot listen on 127.0.0.1:{port}: ",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task It_listens_on_the_loopback_address_only()
    {
        await using var door = await Door.OpenAsync();
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        Assert.Equal([IPAddress.Loopback], listeners.Where(at => at.Port == door.Port).Select(at => at.Address));
    }

    [Fact]
    public async Task A_topic_filter_that_cannot_work_stops_the_start() =>
        await Assert.ThrowsAsync<SetupException>(() => Door.StartAsync(mqtt => mqtt.HealthTopic = "devices/health"));

    [Fact]
    public async Task Retained_messages_outlive_a_restart_where_a_file_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("devicetwin-retained-");
        try
        {
            var path = Path.Combine(folder.FullName, "new", "retained.json");
            await using (var before = await Door.OpenAsync(mqtt => mqtt.EmbeddedRetainedPath = path))
            {
                var device = await before.ConnectDeviceAsync();
                foreach (var name in new[] { "kept", "dropped" })
                {
                    await RetainAsync(device, name, "12");
                }

                await Eventually.BecomesTrueAsync(() => File.Exists(path), "the file is written while it runs");
                await RetainAsync(device, "dropped", "");
            }

            await using var after = await Door.OpenAsync(mqtt => mqtt.EmbeddedRetainedPath = path);
            var kept = Assert.Single(await after.Broker.GetRetainedMessagesAsync());
            Assert.Equal(("kept", "12"), (kept.Topic, kept.ConvertPayloadToString()));
            Assert.Equal(
                [Path.GetFileName(path)],
                Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName)
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_file_of_retained_messages_that_cannot_be_read_stops_the_start_with_its_name()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "{");
            var fault = await Assert.ThrowsAsync<SetupException>(() =>
                Door.StartAsync(mqtt => mqtt.EmbeddedRetainedPath = path)
            );
            Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_subscription_that_the_broker_refuses_is_said_and_tried_again()
    {
        await using var door = await Door.OpenAsync();
        door.Broker.InterceptingSubscriptionAsync += RefuseAsync;
        await door.DropConnectionAsync();
        await Eventually.BecomesTrueAsync(
            () => door.Status.Current.LastError?.Contains("refuses the subscription", StringComparison.Ordinal) == true,
            "the refusal is told"
        );
        Assert.True(
            door.Log.CountOf("Error: The broker refuses the subscription to devices/health/+: NotAuthorized") >= 1
        );
        Assert.Null(door.Listening.Since);

        door.Broker.InterceptingSubscriptionAsync -= RefuseAsync;
        await door.IsConnectedAsync();
    }

    [Fact]
    public async Task Ids_that_break_the_rules_are_rejected_by_their_topic()
    {
        await using var door = await Door.OpenAsync();
        var device = await door.ConnectDeviceAsync();
        foreach (var id in new[] { "", new string('x', 201), "a\u0001b" })
        {
            await device.SendAsync($"devices/health/{id}", "{}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await device.SendAsync("devices/health/large", new string('x', 70_000), MqttQualityOfServiceLevel.AtLeastOnce);
        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesRejected == 4, "all are rejected");
        await Eventually.BecomesTrueAsync(
            () =>
                door.Log.CountOf("Rejected a message of a\\u0001b: the id in the topic holds a control character.")
                == 1,
            "with the id made visible"
        );
        await device.BeatAsync("good");
        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(), "and the door stays open");
    }

    private static Task RefuseAsync(InterceptingSubscriptionEventArgs subscription)
    {
        subscription.ProcessSubscription = false;
        subscription.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
        return Task.CompletedTask;
    }

    private static Task<MqttClientPublishResult> RetainAsync(IMqttClient device, string topic, string payload) =>
        device.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(topic)
                .WithPayload(payload)
                .WithRetainFlag()
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build()
        );
}
