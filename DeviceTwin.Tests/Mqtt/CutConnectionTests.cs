using System.Collections.Concurrent;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>Connections to a real Mosquitto that are cut, or pass nothing on, while devices send with QoS 1.</summary>
public sealed class CutConnectionTests
{
    private const int Devices = 50;
    private const int Cuts = 40;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task However_often_the_connection_is_cut_every_patch_and_answer_is_stored_and_the_intake_goes_on()
    {
        await using var broker = await MosquittoBroker.StartAsync(
            null,
            "max_inflight_messages 0",
            "max_queued_messages 0"
        );
        await using var proxy = new TestProxy(broker.Port);
        await using var door = await OpenAsync(proxy);
        var newest = new ConcurrentDictionary<string, string>();
        door.TwinTopics.Apply = patch =>
        {
            newest[patch.DeviceId] = patch.Patch.ToString();
            return new ReportedOutcome(1);
        };
        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
        var isCutting = true;
        var sending = SendAsync();
        for (var cut = 1; cut <= Cuts; cut++)
        {
            var before = proxy.Connections;
            await Eventually.BecomesTrueAsync(() => door.Status.Current.Connected, "the door is connected", Limit);
            var received = door.Counters.MessagesReceived;
            await Eventually.BecomesTrueAsync(
                () => door.Counters.MessagesReceived > received,
                "messages come in",
                Limit
            );
            proxy.Cut();
            await Eventually.BecomesTrueAsync(() => proxy.Connections > before, $"it connects after cut {cut}", Limit);
        }

        isCutting = false;
        var last = await sending;
        await Eventually.BecomesTrueAsync(
            () =>
                Enumerable
                    .Range(0, Devices)
                    .All(number => newest.GetValueOrDefault($"d{number}") == $$"""{"n":{{last}}}"""),
            "each device's newest patch is stored at the end",
            Limit
        );
        await Eventually.BecomesTrueAsync(
            () => door.Intake.Answers.DistinctBy(answer => answer.ActionId).Count() == last,
            "and every answer",
            Limit
        );

        async Task<int> SendAsync()
        {
            var number = 0;
            while (isCutting)
            {
                number++;
                for (var sender = 0; sender < Devices; sender++)
                {
                    await device.SendAsync(
                        $"devices/twin/d{sender}/reported",
                        $$$"""{"patch":{"n":{{{number}}}}}""",
                        MqttQualityOfServiceLevel.AtLeastOnce
                    );
                }

                await device.AnswerAsync("d1", $$"""{"id":"{{number}}","action":"ack","success":true}""");
            }

            return number;
        }
    }

    [Fact]
    public async Task A_connection_that_passes_nothing_on_is_given_up_with_a_line_and_everything_that_waits_ends()
    {
        await using var broker = await MosquittoBroker.StartAsync(
            null,
            "max_inflight_messages 0",
            "max_queued_messages 0"
        );
        await using var proxy = new TestProxy(broker.Port);
        await using var door = await OpenAsync(proxy);
        using var devices = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "devices");
        await devices.SubscribeAsync("devices/sub/#", MqttQualityOfServiceLevel.AtMostOnce);
        proxy.Hold();
        // More than the buffers on the way hold.
        for (var number = 0; number < 60; number++)
        {
            door.Outbox.Add(
                $"{number}",
                $"d{number}",
                DeviceTwin.Data.Actions.ActionKind.Setconf,
                "snap",
                new string('x', 500_000)
            );
        }

        await Eventually.BecomesTrueAsync(
            () => Task.FromResult(door.Log.CountOf("has taken nothing from us for 2 seconds") == 1),
            () => string.Join('\n', door.Log.All),
            Limit
        );
        Assert.False(door.Status.Current.Connected);
        proxy.Pass();
        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 60, "all are sent in the end", Limit);
        Assert.Equal(60, door.Outbox.Sent.DistinctBy(action => action.ActionId).Count());
    }

    private static async Task<Door> OpenAsync(TestProxy proxy)
    {
        var door = await Door.StartAsync(setAll: settings =>
        {
            MosquittoTests.Use(settings, "127.0.0.1", proxy.Port, certificates: null);
            settings.Mqtt.StallLimit = TimeSpan.FromSeconds(2);
        });
        await door.IsConnectedAsync();
        return door;
    }
}
