using System.Collections.Concurrent;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>A device whose messages fail by their own fault, and all others, which do not notice.</summary>
public sealed class FailingDeviceTests
{
    private const int Pending = 20;

    private static string Ack(int number) => $$"""{"id":"{{number}}","action":"ack","success":true}""";

    [Fact]
    public async Task A_flood_of_answers_that_fail_stops_neither_other_answers_nor_heartbeats_and_none_is_lost()
    {
        const int Flood = 3_000;
        var intake = new FakeIntake { Apply = (answer, _) => FailsOf(answer.DeviceId) };
        await using var door = await OpenAsync(intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < Flood; number++)
        {
            await device.AnswerAsync("bad", Ack(number));
        }

        for (var number = 0; number < 100; number++)
        {
            await device.AnswerAsync($"d{number}", Ack(number));
            await device.BeatAsync($"d{number}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 100, "the other answers are applied");
        await Eventually.BecomesTrueAsync(
            () => intake.Stored.Count(sighting => sighting.HeartbeatAt is not null) == 100,
            "the heartbeats are stored"
        );
        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == Flood, "the failing ones are set aside");
        Assert.Equal(Enumerable.Range(0, Flood).Select(Ack), door.SetAside.Payloads("bad"));
        Assert.All(door.SetAside.Items, kept => Assert.Equal(WorkerNames.ActionResponses, kept.Worker));
        await Eventually.BecomesTrueAsync(
            () => door.Progress.StalledFor(TimeSpan.Zero).All(one => one.Worker != WorkerNames.ActionResponses),
            "the pump has no work"
        );
        // Acknowledged: with a new connection none of them comes again.
        await door.DropConnectionAsync();
        await door.IsConnectedAsync();
        await device.AnswerAsync("last", Ack(0));
        await Eventually.BecomesTrueAsync(() => intake.Answers.Any(a => a.DeviceId == "last"), "the last is applied");
        Assert.Equal(Flood, door.SetAside.Items.Count);
    }

    [Fact]
    public async Task A_message_that_fails_is_tried_as_often_as_configured_and_its_devices_later_ones_wait_for_it()
    {
        var order = new ConcurrentQueue<string>();
        var intake = new FakeIntake
        {
            Apply = (answer, _) =>
            {
                order.Enqueue(answer.ActionId);
                return answer.ActionId == "0"
                    ? throw new InvalidOperationException("no")
                    : Task.FromResult<string?>(null);
            },
        };
        await using var door = await OpenAsync(intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 5; number++)
        {
            await device.AnswerAsync("bad", Ack(number));
        }

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 4, "the later ones are applied");
        Assert.Equal(["0", "0", "0", "1", "2", "3", "4"], order);
        var kept = Assert.Single(door.SetAside.Items);
        Assert.Equal((3, "no"), (kept.Tries, kept.Fault.Message));
    }

    [Fact]
    public async Task A_message_with_too_many_behind_it_is_set_aside_before_its_pause_ends()
    {
        var intake = new FakeIntake
        {
            Apply = (answer, _) =>
                answer.ActionId == "0" ? throw new InvalidOperationException("no") : Task.FromResult<string?>(null),
        };
        await using var door = await OpenAsync(intake, settings => settings.Worker.Backoff = TimeSpan.FromHours(1));
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number <= Pending; number++)
        {
            await device.AnswerAsync("bad", Ack(number));
        }

        await device.AnswerAsync("good", Ack(1));
        await Eventually.BecomesTrueAsync(() => !intake.Answers.IsEmpty, "another device's is applied");
        Assert.Empty(door.SetAside.Items);
        await device.AnswerAsync("bad", Ack(Pending + 1));

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == Pending + 2, "the others are applied");
        Assert.Equal([Ack(0)], door.SetAside.Payloads("bad"));
    }

    [Fact]
    public async Task The_heartbeats_of_a_device_that_fail_are_set_aside_and_the_others_are_stored()
    {
        var failures = 0;
        var intake = new FakeIntake
        {
            Judge = sighting =>
                sighting.DeviceId == "bad" && sighting.HeartbeatAt?.Minute == 30
                    ? throw new InvalidOperationException($"no {Interlocked.Increment(ref failures)}")
                    : SightingOutcome.Stored,
        };
        await using var door = await OpenAsync(intake);
        var device = await door.ConnectDeviceAsync();
        await device.BeatAsync("bad", MqttQualityOfServiceLevel.AtLeastOnce);
        for (var number = 0; number < 200; number++)
        {
            await device.BeatAsync($"d{number}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await Eventually.BecomesTrueAsync(() => intake.Stored.Count() == 200, "the others are stored");
        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == 1, "the failing one is set aside");
        Assert.Equal([TestDevice.Heartbeat("bad")], door.SetAside.Payloads("bad"));
        await Eventually.BecomesTrueAsync(() => !door.Heard.Holds("bad"), "it is settled");

        await device.SendAsync(
            "devices/health/bad",
            TestDevice.Heartbeat("bad", refresh: "2026-11-23T09:31:00Z"),
            MqttQualityOfServiceLevel.AtLeastOnce
        );
        await Eventually.BecomesTrueAsync(() => intake.Stored.Any(s => s.DeviceId == "bad"), "a newer one is stored");
    }

    [Fact]
    public async Task A_flood_of_heartbeats_that_fail_does_not_fill_the_room_of_the_others()
    {
        var intake = new FakeIntake
        {
            Judge = sighting =>
                sighting.DeviceId == "bad" ? throw new InvalidOperationException("no") : SightingOutcome.Stored,
        };
        await using var door = await OpenAsync(intake, settings => settings.Worker.Backoff = TimeSpan.FromHours(1));
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 3_000; number++)
        {
            await device.BeatAsync("bad", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await device.BeatAsync("good", MqttQualityOfServiceLevel.AtLeastOnce);
        await Eventually.BecomesTrueAsync(() => intake.Stored.Any(), "the other device's is stored");
        Assert.NotEmpty(door.SetAside.Items);
    }

    [Fact]
    public async Task Metrics_of_a_device_that_fail_are_set_aside_as_a_line_and_the_others_are_stored()
    {
        var intake = new FakeIntake
        {
            JudgeMetrics = report =>
            {
                if (report.DeviceId == "b d")
                {
                    throw new InvalidOperationException("no");
                }
            },
        };
        await using var door = await OpenAsync(intake);
        var device = await door.ConnectDeviceAsync();
        await device.SendAsync(
            "metrics/abc",
            "memory,device=b\\ d total=5,usedpc=1.5\nmemory,device=good total=6",
            MqttQualityOfServiceLevel.AtMostOnce
        );
        for (var number = 0; number < 100; number++)
        {
            await device.SendAsync("metrics/abc", $"cpu,device=d{number} user=1", MqttQualityOfServiceLevel.AtMostOnce);
        }

        await Eventually.BecomesTrueAsync(() => intake.Metrics.Count == 101, "the others are stored");
        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == 1, "the failing one is set aside");
        Assert.Equal(["memory,device=b\\ d total=5,usedpc=1.5"], door.SetAside.Payloads("b d"));
        Assert.Equal(3, door.SetAside.Items.Single().Tries);
    }

    [Fact]
    public async Task A_patch_that_fails_is_set_aside_and_its_device_is_told()
    {
        await using var door = await OpenAsync(new FakeIntake());
        door.TwinTopics.Apply = patch =>
            patch.DeviceId == "bad" ? throw new InvalidOperationException("no") : new ReportedOutcome(1);
        var device = await door.ConnectDeviceAsync();
        var replies = new ConcurrentQueue<(string Topic, string Payload)>();
        device.ApplicationMessageReceivedAsync += message =>
        {
            replies.Enqueue((message.ApplicationMessage.Topic, message.ApplicationMessage.ConvertPayloadToString()));
            return Task.CompletedTask;
        };
        await device.SubscribeAsync("devices/twin/+/reported/rejected", MqttQualityOfServiceLevel.AtLeastOnce);
        const string Patch = """{"patch":{"a":1}}""";
        await device.SendAsync("devices/twin/bad/reported", Patch, MqttQualityOfServiceLevel.AtLeastOnce);
        await device.SendAsync("devices/twin/good/reported", Patch, MqttQualityOfServiceLevel.AtLeastOnce);

        await Eventually.BecomesTrueAsync(() => door.TwinTopics.Patches.Count == 1, "the other one is applied");
        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == 1, "it is set aside");
        await Eventually.BecomesTrueAsync(() => replies.Count == 1, "its device is told");
        Assert.Equal([Patch], door.SetAside.Payloads("bad"));
        Assert.Equal("devices/twin/bad/reported/rejected", replies.Single().Topic);
        Assert.Contains("set aside", replies.Single().Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_store_is_away_no_try_counts_and_nothing_is_set_aside_or_lost()
    {
        var (away, awayToo, failures) = (false, true, 0);
        var intake = new FakeIntake
        {
            Apply = (answer, _) =>
                Volatile.Read(ref away) ? throw new SqliteException("database is locked", 5)
                : answer.DeviceId != "bad" ? Task.FromResult<string?>(null)
                : Interlocked.Increment(ref failures) == 1 ? FailAndLeave()
                : throw new InvalidOperationException("no"),
        };
        await using var door = await OpenAsync(intake);
        var device = await door.ConnectDeviceAsync();
        await device.AnswerAsync("bad", Ack(0));
        await Eventually.BecomesTrueAsync(() => door.Log.CountOf("cannot be stored") == 1, "the store is away");
        await device.AnswerAsync("good", Ack(0));
        // Nor can it be set aside at first when the store is back.
        door.SetAside.Keep = _ =>
        {
            if (Volatile.Read(ref awayToo))
            {
                throw new SqliteException("database is locked", 5);
            }
        };
        Volatile.Write(ref away, false);

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 1, "the other is applied");
        await Eventually.BecomesTrueAsync(() => failures == 3, "all tries were made");
        Volatile.Write(ref awayToo, false);
        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == 1, "it is set aside");
        Assert.Equal(3, door.SetAside.Items.Single().Tries);

        Task<string?> FailAndLeave()
        {
            Volatile.Write(ref away, true);
            throw new InvalidOperationException("no");
        }
    }

    [Fact]
    public async Task A_row_that_somebody_holds_for_long_fills_no_room_and_is_no_failure()
    {
        var held = true;
        var intake = new FakeIntake
        {
            Apply = (answer, _) =>
                answer.DeviceId == "held" && Volatile.Read(ref held)
                    ? throw new DeviceHeldException("held")
                    : Task.FromResult<string?>(null),
        };
        await using var door = await OpenAsync(intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number <= Pending; number++)
        {
            await device.AnswerAsync("held", Ack(number));
        }

        for (var number = 0; number < 100; number++)
        {
            await device.AnswerAsync($"d{number}", Ack(number));
        }

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 100, "the others are applied");
        Volatile.Write(ref held, false);
        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 101 + Pending, "then the held ones");
        Assert.Empty(door.SetAside.Items);
    }

    private static Task<string?> FailsOf(string deviceId) =>
        deviceId == "bad" ? throw new InvalidOperationException("no") : Task.FromResult<string?>(null);

    // Room for 30 answers, or 300 heartbeats.
    private static async Task<Door> OpenAsync(FakeIntake intake, Action<Settings>? set = null)
    {
        var door = await Door.StartAsync(
            mqtt => mqtt.IntakeCapacity = 300,
            intake,
            settings =>
            {
                settings.Worker.Attempts = 3;
                settings.Worker.Backoff = TimeSpan.FromMilliseconds(20);
                settings.Worker.DevicePending = Pending;
                set?.Invoke(settings);
            }
        );
        await door.IsConnectedAsync();
        return door;
    }
}
