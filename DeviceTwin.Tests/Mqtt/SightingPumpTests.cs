using DeviceTwin.Api.Twins;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>What is not usual is stored beside the usual, in its own time and in its order.</summary>
public sealed class SightingPumpTests
{
    [Fact]
    public async Task Heartbeats_of_one_device_that_name_two_organizations_are_judged_apart()
    {
        var intake = new FakeIntake
        {
            Judge = sighting =>
                sighting.OrganizationId == "abc" ? SightingOutcome.Stored : SightingOutcome.OtherOrganization,
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        for (var round = 0; round < 10; round++)
        {
            await device.BeatAsync("d1", organization: "thief");
            await device.BeatAsync("d1");
        }

        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesReceived == 20, "all are received");
        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesRejected >= 1, "the thief is rejected");
        await Eventually.BecomesTrueAsync(() => intake.Stored.Any(), "the owner is stored");
        Assert.All(intake.Stored, sighting => Assert.Equal("abc", sighting.OrganizationId));
        Assert.Contains(
            door.Log.All,
            line => line.Contains("belongs to another organization", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_locked_device_is_tried_again_and_holds_up_nobody()
    {
        var locked = true;
        var intake = new FakeIntake
        {
            Judge = sighting =>
                sighting.DeviceId == "locked" && Volatile.Read(ref locked)
                    ? SightingOutcome.Locked
                    : SightingOutcome.Stored,
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        await device.BeatAsync("locked", MqttQualityOfServiceLevel.AtLeastOnce);
        for (var number = 0; number < 50; number++)
        {
            await device.BeatAsync($"d{number}");
        }

        await Eventually.BecomesTrueAsync(() => intake.Stored.Count() == 50, "the others are stored");
        Volatile.Write(ref locked, false);
        await Eventually.BecomesTrueAsync(
            () => intake.Stored.Any(s => s.DeviceId == "locked"),
            "then the locked one too"
        );
    }

    [Fact]
    public async Task Devices_that_are_known_go_on_while_those_that_are_not_are_being_stored()
    {
        var open = new TaskCompletionSource();
        var intake = new FakeIntake
        {
            OpenToOthers = open.Task,
            Judge = sighting => sighting.DeviceId == "new" ? SightingOutcome.Unknown : SightingOutcome.Stored,
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        await device.BeatAsync("new", MqttQualityOfServiceLevel.AtLeastOnce);
        for (var number = 0; number < 50; number++)
        {
            await device.BeatAsync($"d{number}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await Eventually.BecomesTrueAsync(() => intake.Stored.Count() == 50, "those that are known are stored");
        Assert.True(door.Heard.Holds("new"));
        open.SetResult();
        await Eventually.BecomesTrueAsync(() => !door.Heard.Holds("new"), "then the other one is settled");
    }

    [Fact]
    public async Task What_a_device_says_later_is_not_stored_before_what_it_said_first()
    {
        var open = new TaskCompletionSource();
        var judged = 0;
        var intake = new FakeIntake
        {
            OpenToOthers = open.Task,
            Judge = sighting =>
                sighting.DeviceId == "d1" && Interlocked.Increment(ref judged) == 1
                    ? SightingOutcome.Locked
                    : SightingOutcome.Stored,
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        await device.SendAsync(
            "devices/health/d1",
            TestDevice.Heartbeat("d1", refresh: "2026-11-23T09:30:00Z"),
            MqttQualityOfServiceLevel.AtLeastOnce
        );
        await Eventually.BecomesTrueAsync(() => door.Heard.Holds("d1"), "the first is not usual");
        await device.SendAsync(
            "devices/health/d1",
            TestDevice.Heartbeat("d1", refresh: "2026-11-23T09:31:00Z"),
            MqttQualityOfServiceLevel.AtLeastOnce
        );
        await device.BeatAsync("d2", MqttQualityOfServiceLevel.AtLeastOnce);

        await Eventually.BecomesTrueAsync(() => intake.Stored.Any(), "another device's is stored");
        Assert.All(intake.Stored, sighting => Assert.Equal("d2", sighting.DeviceId));
        open.SetResult();
        await Eventually.BecomesTrueAsync(
            () => intake.Stored.Any(sighting => sighting.HeartbeatAt?.Minute == 31),
            "the later one is stored"
        );
        await Eventually.BecomesTrueAsync(() => !door.Heard.Holds("d1"), "both are settled");
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_is_lost_and_the_log_says_so_once()
    {
        var away = true;
        var intake = new FakeIntake
        {
            Judge = _ =>
                Volatile.Read(ref away) ? throw new SqliteException("database is locked", 5) : SightingOutcome.Stored,
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var heardSince = door.Listening.Since;
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 20; number++)
        {
            await device.BeatAsync($"d{number}");
        }

        await Eventually.BecomesTrueAsync(
            () => door.Log.CountOf("cannot be stored") == 1,
            "the log says that it began"
        );
        Volatile.Write(ref away, false);

        await Eventually.BecomesTrueAsync(() => intake.Stored.Count() == 20, "all are stored");
        await Eventually.BecomesTrueAsync(() => door.Listening.Since > heardSince, "hearing begins anew");
        Assert.Equal(1, door.Log.CountOf("cannot be stored"));
        Assert.Equal(1, door.Log.CountOf("are stored again"));
    }

    [Fact]
    public async Task Of_a_batch_that_the_store_refuses_only_the_one_that_it_cannot_hold_is_set_aside()
    {
        var intake = new FakeIntake
        {
            Judge = sighting =>
                sighting.DeviceId == "bad"
                    ? throw new SqliteException("CHECK constraint failed", 19)
                    : SightingOutcome.Stored,
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 30; number++)
        {
            await device.BeatAsync(number == 17 ? "bad" : $"d{number}");
        }

        await Eventually.BecomesTrueAsync(() => intake.Stored.Count() == 29, "the others are stored");
        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == 1, "the bad one is set aside");
        Assert.Equal([TestDevice.Heartbeat("bad")], door.SetAside.Payloads("bad"));
        Assert.False(door.Heard.Holds("bad"));
    }
}
