using DeviceTwin.Api.Twins;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;

namespace DeviceTwin.Tests.Mqtt;

public sealed class AnswerPumpTests
{
    private static string Ack(int number) => $$"""{"id":"{{number}}","action":"ack","success":true}""";

    [Fact]
    public async Task Answers_of_one_device_are_applied_in_order_and_several_devices_at_once()
    {
        var atOnce = 0;
        var most = 0;
        var intake = new FakeIntake
        {
            Apply = async (answer, token) =>
            {
                var now = Interlocked.Increment(ref atOnce);
                InterlockedMax(ref most, now);
                await Task.Delay(Random.Shared.Next(5), token);
                Interlocked.Decrement(ref atOnce);
                return null;
            },
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 20; number++)
        {
            foreach (var name in new[] { "a", "b", "c", "d", "e" })
            {
                await device.AnswerAsync(name, Ack(number));
            }
        }

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 100, "all are applied");
        Assert.All(
            intake.Answers.GroupBy(answer => answer.DeviceId),
            answers =>
                Assert.Equal(Enumerable.Range(0, 20).Select(n => $"{n}"), answers.Select(answer => answer.ActionId))
        );
        Assert.InRange(most, 2, 5);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_applied_now_holds_up_its_own_device_only()
    {
        var locked = true;
        var intake = new FakeIntake
        {
            Apply = (answer, _) =>
                answer.DeviceId == "locked" && Volatile.Read(ref locked)
                    ? throw new DeviceHeldException("locked")
                    : Task.FromResult<string?>(null),
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 40; number++)
        {
            await device.AnswerAsync("locked", Ack(number));
        }

        for (var number = 0; number < 100; number++)
        {
            await device.AnswerAsync($"d{number}", Ack(number));
        }

        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 100, "the others are applied");
        Volatile.Write(ref locked, false);
        await Eventually.BecomesTrueAsync(() => intake.Answers.Count == 140, "then the locked ones");
        Assert.Equal(
            Enumerable.Range(0, 40).Select(n => $"{n}"),
            intake.Answers.Where(answer => answer.DeviceId == "locked").Select(answer => answer.ActionId)
        );
    }

    [Fact]
    public async Task Answers_that_wait_hold_no_heartbeats_up()
    {
        var intake = new FakeIntake
        {
            Apply = async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return null;
            },
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < 500; number++)
        {
            await device.AnswerAsync($"d{number}", Ack(number));
        }

        await device.BeatAsync("heard");
        await Eventually.BecomesTrueAsync(
            () => intake.Stored.Any(s => s.DeviceId == "heard"),
            "the heartbeat is stored"
        );
    }

    [Fact]
    public async Task An_answer_that_was_taken_shows_that_its_device_is_there()
    {
        await using var door = await Door.OpenAsync();
        var device = await door.ConnectDeviceAsync();
        await device.AnswerAsync("d1", Ack(1));

        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(), "it was seen");
        var sighting = Assert.Single(door.Intake.Stored);
        Assert.Equal(("d1", null, null), (sighting.DeviceId, sighting.OrganizationId, sighting.HeartbeatAt));
    }

    [Fact]
    public async Task What_the_twins_refuse_and_what_is_malformed_is_rejected_with_its_reason_and_what_the_store_refuses_set_aside()
    {
        var intake = new FakeIntake
        {
            Apply = (answer, _) =>
                answer.ActionId == "7"
                    ? throw new SqliteException("CHECK constraint failed", 19)
                    : Task.FromResult<string?>("no such action"),
        };
        await using var door = await Door.OpenAsync(intake: intake);
        var device = await door.ConnectDeviceAsync();
        await device.AnswerAsync("d1", Ack(1));
        await device.AnswerAsync("d2", Ack(7));
        await device.AnswerAsync("d3", "");
        await device.AnswerAsync("d4", new string('x', (1024 * 1024) + 1));

        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesRejected == 3, "the three are counted");
        foreach (
            var line in new[]
            {
                "d1: no such action.",
                "d3: the payload is empty: the agent does not know the action.",
                "d4: the payload is larger than 1048576 bytes.",
            }
        )
        {
            await Eventually.BecomesTrueAsync(() => door.Log.CountOf(line) == 1, line);
        }

        await Eventually.BecomesTrueAsync(() => door.SetAside.Items.Count == 1, "the fourth is set aside");
        Assert.Equal([Ack(7)], door.SetAside.Payloads("d2"));
        Assert.Empty(intake.Stored);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
