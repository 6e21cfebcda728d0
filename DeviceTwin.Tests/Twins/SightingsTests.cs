using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins;

public sealed class SightingsTests
{
    [Theory, EveryStore]
    public async Task A_later_heartbeat_moves_the_instant_and_an_older_one_moves_last_seen_only(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var newest = world.Now.AddSeconds(60);
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(SightingOutcome.Stored, await world.HearAsync("c333", newest));
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(SightingOutcome.Stored, await world.HearAsync("c333", newest.AddSeconds(-30)));

        var heartbeat = (await world.DeviceAsync("c333"))!.Heartbeat;
        Assert.Equal(newest, heartbeat.HeartbeatAt);
        Assert.Equal(world.Now, heartbeat.LastSeenAt);
    }

    [Theory, EveryStore]
    public async Task A_heartbeat_that_is_delivered_twice_moves_the_instant_once(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var before = world.Get<ServiceCounters>().HeartbeatsStored;
        var finer = world.Now.AddSeconds(60).AddTicks(7);
        await world.HearAsync("c333", finer);
        await world.HearAsync("c333", finer);

        Assert.Equal(before + 1, world.Get<ServiceCounters>().HeartbeatsStored);
        Assert.Equal(finer.AddTicks(-7), (await world.DeviceAsync("c333"))!.Heartbeat.HeartbeatAt);
    }

    [Theory, EveryStore]
    public async Task A_heartbeat_of_the_year_9999_is_stored_as_our_instant(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.HearAsync("c333", new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(world.Now, (await world.DeviceAsync("c333"))!.Heartbeat.HeartbeatAt);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, 300, 300)]
    [InlineData(StoreKind.Postgres, 300, 300)]
    [InlineData(StoreKind.Sqlite, 299, 299)]
    [InlineData(StoreKind.Postgres, 299, 299)]
    [InlineData(StoreKind.Sqlite, 301, 0)]
    [InlineData(StoreKind.Postgres, 301, 0)]
    [InlineData(StoreKind.Sqlite, -3600, -3600)]
    [InlineData(StoreKind.Postgres, -3600, -3600)]
    public async Task A_first_heartbeat_is_stored_as_the_device_says_unless_its_clock_is_five_minutes_ahead(
        StoreKind kind,
        int ahead,
        int stored
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var heard = world.Now;
        await world.HearAsync("c333", heard.AddSeconds(ahead));
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.IntroduceAsync("c333");

        // The first of a twin that is known already.
        await using (var context = await world.OpenAsync())
        {
            context.Add(SeededRows.Device("c334", TwinWorld.Organization));
            await context.SaveChangesAsync();
        }

        await world.HearAsync("c334", world.Now.AddSeconds(ahead));

        Assert.Equal(heard.AddSeconds(stored), (await world.DeviceAsync("c333"))!.Heartbeat.HeartbeatAt);
        Assert.Equal(world.Now.AddSeconds(stored), (await world.DeviceAsync("c334"))!.Heartbeat.HeartbeatAt);
    }

    [Theory, EveryStore]
    public async Task A_first_heartbeat_of_the_year_9999_does_not_hide_a_later_one_before_the_twin_is_there(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.HearAsync("c333", new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.HearAsync("c333", world.Now.AddMinutes(4));
        await world.IntroduceAsync("c333");

        Assert.Equal(world.Now.AddMinutes(4), (await world.DeviceAsync("c333"))!.Heartbeat.HeartbeatAt);
    }

    [Theory, EveryStore]
    public async Task A_heartbeat_that_sets_no_instant_moves_last_seen_only(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var before = (await world.DeviceAsync("c333"))!.Heartbeat.HeartbeatAt;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.StoreAsync([new Sighting("c333", "abc", null, world.Now)]);

        var heartbeat = (await world.DeviceAsync("c333"))!.Heartbeat;
        Assert.Equal(before, heartbeat.HeartbeatAt);
        Assert.Equal(world.Now, heartbeat.LastSeenAt);
    }

    [Theory, EveryStore]
    public async Task A_heartbeat_that_names_another_organization_is_rejected_and_changes_nothing(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var before = (await world.DeviceAsync("c333"))!.Heartbeat.LastSeenAt;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SightingOutcome.OtherOrganization, await world.HearAsync("c333", organizationId: "other"));
        Assert.Equal(before, (await world.DeviceAsync("c333"))!.Heartbeat.LastSeenAt);
    }

    [Theory, EveryStore]
    public async Task An_unknown_device_is_asked_once_a_minute_and_grows_no_rows(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var sent = new List<OutgoingAction>();
        for (var heartbeat = 0; heartbeat < 12; heartbeat++)
        {
            Assert.Equal(SightingOutcome.Unknown, await world.HearAsync("new"));
            sent.AddRange(await world.SendAsync());
            world.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(
            [ActionKind.Device, ActionKind.List],
            (await world.ActionsAsync("new")).Select(action => action.Kind)
        );
        Assert.Equal(2, sent.Count(action => action.Kind == ActionKind.Device));
        Assert.Equal(2, sent.Count(action => action.Kind == ActionKind.List));
        Assert.Equal(2, sent.Select(action => action.ActionId).Distinct().Count());
    }

    [Theory, EveryStore]
    public async Task An_unknown_device_cannot_move_to_another_organization_before_it_has_answered(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.HearAsync("new");
        Assert.Equal(SightingOutcome.OtherOrganization, await world.HearAsync("new", organizationId: "other"));
    }

    [Theory, EveryStore]
    public async Task A_hash_that_differs_asks_for_the_snap_list_once(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await world.HearAsync("c333", snapListHash: "9f2c");
        await world.HearAsync("c333", snapListHash: "9f2c");
        Assert.Equal(ActionKind.List, Assert.Single(await world.SendAsync()).Kind);
        await world.HearAsync("c333", snapListHash: "77ab");
        Assert.Equal(ActionKind.List, Assert.Single(await world.SendAsync()).Kind);
    }

    [Theory, EveryStore]
    public async Task A_silent_device_goes_offline_once_and_comes_online_with_its_next_message(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        world.Get<Listening>().Begin();
        world.Clock.Advance(world.Settings.Device.OfflineAfter + TimeSpan.FromSeconds(1));
        await world.RunAsync<OfflineSweep>();
        await world.RunAsync<OfflineSweep>();
        Assert.Equal(Connectivity.Offline, (await world.DeviceAsync("c333"))!.Heartbeat.Connectivity);

        await world.HearAsync("c333");
        await using var context = await world.OpenAsync();
        Assert.Equal(
            [Connectivity.Online, Connectivity.Offline, Connectivity.Online],
            await context
                .ConnectivityChanges.OrderBy(change => change.Id)
                .Select(change => change.Connectivity)
                .ToListAsync()
        );
        Assert.Equal(3, (await world.ChangesAsync("c333")).Count(change => change.Kinds == ChangeKinds.Connectivity));
        Assert.Equal(1, await context.FleetCounts.SumAsync(count => count.Online));
        Assert.Equal(0, await context.FleetCounts.SumAsync(count => count.Offline));
    }

    [Theory, EveryStore]
    public async Task Devices_are_not_taken_for_offline_because_the_service_was_away(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        world.Get<Listening>().End();
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.RunAsync<OfflineSweep>();
        world.Get<Listening>().Begin();
        await world.RunAsync<OfflineSweep>();
        Assert.Equal(Connectivity.Online, (await world.DeviceAsync("c333"))!.Heartbeat.Connectivity);

        world.Clock.Advance(world.Settings.Device.OfflineAfter);
        await world.RunAsync<OfflineSweep>();
        Assert.Equal(Connectivity.Offline, (await world.DeviceAsync("c333"))!.Heartbeat.Connectivity);
    }

    [Theory, EveryStore]
    public async Task Metrics_are_merged_and_those_of_strangers_are_left_out(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        MetricsReport Report(string organization, string device, long? memory, double? cpu) =>
            new(organization, device, memory, null, null, cpu, null, null, world.Now);
        var left = await world.Intake.StoreAsync(
            [
                Report("abc", "c333", 8, null),
                Report("abc", "c333", null, 1.5),
                Report("other", "c333", 9, 9),
                Report("abc", "who", 9, 9),
            ],
            CancellationToken.None
        );
        Assert.Equal(2, left);
        await using var context = await world.OpenAsync();
        var metrics = await context.Metrics.SingleAsync();
        Assert.Equal((8L, 1.5), (metrics.MemoryTotalBytes, metrics.CpuUserSeconds));
    }
}
