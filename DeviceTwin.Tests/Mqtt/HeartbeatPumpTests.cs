using DeviceTwin.Api.Twins;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

public sealed class HeartbeatPumpTests
{
    [Theory]
    [InlineData(MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttQualityOfServiceLevel.AtLeastOnce)]
    public async Task A_burst_of_100_000_heartbeats_is_stored_without_a_loss(MqttQualityOfServiceLevel quality)
    {
        const int Devices = 100_000;
        await using var door = await Door.OpenAsync();
        var device = await door.ConnectDeviceAsync();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Devices),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (number, _) => await device.BeatAsync($"d{number}", quality)
        );

        await Eventually.BecomesTrueAsync(
            () => door.Intake.Stored.Count() >= Devices,
            "every heartbeat is stored",
            TimeSpan.FromSeconds(90)
        );
        Assert.Equal(Devices, door.Intake.Stored.DistinctBy(sighting => sighting.DeviceId).Count());
        Assert.All(door.Intake.Stored, sighting => Assert.Equal("abc", sighting.OrganizationId));
        Assert.Equal(0, door.Counters.MessagesRejected);
        // How many share a batch depends on the machine; that some do does not.
        Assert.True(door.Intake.Batches.Count < Devices, $"{door.Intake.Batches.Count} batches");
    }

    [Fact]
    public async Task Heartbeats_of_one_device_in_a_batch_become_one_with_the_newest_instant_and_its_hashes()
    {
        var open = new TaskCompletionSource();
        await using var door = await Door.OpenAsync(intake: new FakeIntake { Open = open.Task });
        var device = await door.ConnectDeviceAsync();
        await device.BeatAsync("first");
        await Eventually.BecomesTrueAsync(() => door.Intake.Given == 1, "the first batch is on its way");
        foreach (var (minute, hash) in new[] { (31, "a"), (35, "b"), (33, "c") })
        {
            await device.SendAsync(
                "devices/health/d1",
                $$"""{"orgId":"abc","deviceId":"d1","refresh":"2026-11-23T09:{{minute}}:00Z","snapListHash":"{{hash}}"}""",
                MqttQualityOfServiceLevel.AtLeastOnce
            );
        }

        await Eventually.BecomesTrueAsync(() => door.Channels.Heartbeats.Reader.Count == 3, "all three wait");
        open.SetResult();

        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(s => s.DeviceId == "d1"), "they are stored");
        var stored = Assert.Single(door.Intake.Stored, sighting => sighting.DeviceId == "d1");
        Assert.Equal((35, "b"), (stored.HeartbeatAt!.Value.Minute, stored.SnapListHash));
    }

    [Fact]
    public async Task What_is_not_stored_is_not_acknowledged_and_comes_again()
    {
        await using var door = await Door.OpenAsync(
            intake: new FakeIntake { Judge = _ => throw new SqliteException("database is locked", 5) }
        );
        var device = await door.ConnectDeviceAsync();
        await device.BeatAsync("d1", MqttQualityOfServiceLevel.AtLeastOnce);
        await Eventually.BecomesTrueAsync(() => door.Log.CountOf("cannot be stored") == 1, "storing was tried");

        door.Intake.Judge = _ => SightingOutcome.Locked;
        await door.DropConnectionAsync();
        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesReceived >= 2, "the broker delivers it again");
        door.Intake.Judge = _ => SightingOutcome.Stored;
        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(), "it is stored");
    }

    [Fact]
    public async Task A_flood_that_cannot_be_stored_waits_at_the_broker_and_not_in_the_service()
    {
        const int Capacity = 100;
        const int Flood = 20_000;
        var open = new TaskCompletionSource();
        await using var door = await Door.OpenAsync(
            mqtt =>
            {
                mqtt.IntakeCapacity = Capacity;
                mqtt.IntakeBytes = 1;
                mqtt.HeartbeatBatch = 50;
            },
            new FakeIntake { Open = open.Task }
        );
        var device = await door.ConnectDeviceAsync();
        for (var number = 0; number < Flood; number++)
        {
            await device.BeatAsync($"d{number}");
        }

        // Longer than the keep-alive and its time limit: the waiting connection is not taken for dead.
        await Task.Delay(TimeSpan.FromSeconds(25));
        Assert.True(door.Status.Current.Connected);
        Assert.Equal(Capacity, door.Channels.Heartbeats.Reader.Count);
        Assert.InRange(door.Counters.MessagesReceived, Capacity, Capacity + 52);
        open.SetResult();

        await Eventually.BecomesTrueAsync(
            () => door.Intake.Stored.Count() == Flood,
            "what waited is stored",
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal(0, door.Log.CountOf("Lost "));
    }
}
