using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Twins.Jobs;
using static DeviceTwin.Tests.Twins.Desired.DesiredWorld;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>What devices are sent, and when.</summary>
public sealed class ReconcilerTests
{
    private static readonly DesiredSnap Configured = new(
        "nats",
        Channel: "2.10/stable",
        Config: """{"port":4333}""",
        Services: [new DesiredService("server", Active: false)]
    );

    [Theory, EveryStore]
    public async Task A_device_becomes_what_is_desired_step_by_step_with_a_fresh_list_after_each(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device, Nats());
        await world.WantAsync(
            Device,
            Configured,
            new DesiredSnap("mosquitto"),
            new DesiredSnap("gone", SnapPresence.Absent)
        );

        await world.UntilAsync(Device, SyncStatus.InSync);

        string[] expected =
        [
            "install mosquitto",
            "switch nats 2.10/stable",
            """setconf nats {"port":4333}""",
            """stop nats {"services":["nats.server"]}""",
        ];
        Assert.Equal(expected, world.Steps);
        var kinds = world.Sent.Select(sent => sent.Action.Kind.ChangesSnaps()).SkipWhile(changes => !changes);
        Assert.Equal([true, false, true, false, true, false, true, false], kinds);
    }

    [Theory, EveryStore]
    public async Task Nothing_is_done_to_snaps_that_no_layer_names(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device, Nats());
        await world.WantAsync(Device, new DesiredSnap("mosquitto", SnapPresence.Absent));
        await world.TickAsync(30);
        Assert.Empty(world.Steps);
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);
    }

    [Theory, EveryStore]
    public async Task A_list_that_is_too_old_decides_nothing_and_is_asked_for_again(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.TickAsync(15);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        await world.UntilAsync(Device, SyncStatus.InSync);
        Assert.Equal(
            [ActionKind.List, ActionKind.Install, ActionKind.List],
            world.Sent.Select(sent => sent.Action.Kind)
        );
    }

    [Theory, EveryStore]
    public async Task What_takes_effect_late_is_not_asked_for_twice(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        world.Replies = _ => Reply.Pretends;
        await world.WantAsync(Device, new DesiredSnap("nats"));
        // Installing goes on after the list that followed the answer, and ends before its next try is due.
        await world.TickAsync(6);
        world.Snapd(Device).Do(new Step(ActionKind.Install, "nats"));
        await world.TickAsync(40);
        Assert.Equal(["install nats"], world.Steps);
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);
    }

    [Theory, EveryStore]
    public async Task Somebodys_own_action_goes_first_and_decides_anew(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        await world.World.RunAsync<Reconciler>();
        await world.World.RequestAsync(Device, ActionKind.Install, "nats");

        var waiting = Assert.Single(await world.World.ActionsAsync(Device), action => action.IsReconciliation);
        Assert.Equal(ActionStatus.Cancelled, waiting.Status);
        await world.UntilAsync(Device, SyncStatus.InSync);
        Assert.Equal(["install nats"], world.Steps);
    }

    [Theory, EveryStore]
    public async Task A_jobs_action_goes_first_too(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        await world.World.RunAsync<Reconciler>();
        await world.World.StartJobAsync();

        var waiting = Assert.Single(await world.World.ActionsAsync(Device), action => action.IsReconciliation);
        Assert.Equal(ActionStatus.Cancelled, waiting.Status);
        await world.UntilAsync(Device, SyncStatus.InSync);
        Assert.Equal(["install nats"], world.Steps);
    }

    [Theory, EveryStore]
    public async Task Nothing_is_asked_while_somebodys_own_action_is_open(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device, Nats());
        world.Replies = _ => Reply.Ignores;
        await world.World.RequestAsync(Device, ActionKind.Restart, "nats");
        await world.TickAsync();
        await world.WantAsync(Device, new DesiredSnap("mosquitto"));
        await world.TickAsync(10);
        Assert.Equal(["restart nats"], world.Steps);
        world.Replies = _ => Reply.Does;
        await world.UntilAsync(Device, SyncStatus.InSync);
        Assert.Equal(["restart nats", "install mosquitto"], world.Steps);
    }

    [Theory, EveryStore]
    public async Task What_waits_for_a_device_that_goes_away_is_taken_back_and_decided_anew_when_it_is_back(
        StoreKind kind
    )
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        await world.World.RunAsync<Reconciler>();
        world.Leave(Device);
        world.World.Clock.Advance(world.World.Settings.Device.OfflineAfter);
        await world.TickAsync(3);
        var waiting = Assert.Single(await world.World.ActionsAsync(Device), action => action.IsReconciliation);
        Assert.Equal(ActionStatus.Cancelled, waiting.Status);

        world.Snapd(Device).Do(new Step(ActionKind.Install, "nats"));
        await world.ReturnAsync(Device);
        await world.UntilAsync(Device, SyncStatus.InSync);
        Assert.Empty(world.Steps);
    }

    [Theory, EveryStore]
    public async Task What_nobody_wants_any_more_is_taken_back_before_it_is_sent(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        await world.World.RunAsync<Reconciler>();
        Assert.Null((await world.Own.ClearSnapsAsync(Key(Device), ["nats"], CancellationToken.None)).Error);
        await world.TickAsync(5);
        Assert.Empty(world.Steps);
    }

    [Theory, EveryStore]
    public async Task No_more_devices_have_an_action_under_way_than_the_key_says(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        world.World.Settings.Desired.Concurrency = 3;
        for (var device = 0; device < 8; device++)
        {
            await world.EnrollAsync($"c{device}");
            await world.WantAsync($"c{device}", new DesiredSnap("nats"));
        }

        world.Replies = _ => Reply.Ignores;
        await world.TickAsync(5);
        Assert.Equal(3, world.Steps.Count());
        world.Replies = _ => Reply.Does;
        for (var device = 0; device < 8; device++)
        {
            await world.UntilAsync($"c{device}", SyncStatus.InSync);
        }
    }

    [Theory, EveryStore]
    public async Task A_restart_at_every_moment_changes_nothing_in_what_is_sent(StoreKind kind)
    {
        Assert.Equal(await RunAsync(restarts: false), await RunAsync(restarts: true));

        async Task<List<string>> RunAsync(bool restarts)
        {
            await using var world = await CreateAsync(kind);
            await world.EnrollAsync(Device);
            await world.WantAsync(Device, Configured, new DesiredSnap("mosquitto"));
            world.Replies = _ => world.Steps.Count() == 1 ? Reply.Refuses : Reply.Does;
            while ((await world.SyncAsync(Device)).Status != SyncStatus.InSync)
            {
                await world.TickAsync();
                if (restarts)
                {
                    world.Restart();
                }
            }

            // When the refused one is tried again differs by its jitter.
            return [.. world.Steps.Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task Two_processes_at_once_never_open_two_actions_nor_more_than_the_key_says()
    {
        await using var world = await CreateAsync(StoreKind.Postgres);
        const int Devices = 40;
        const int Concurrency = 30;
        world.World.Settings.Desired.Concurrency = Concurrency;
        for (var device = 0; device < Devices; device++)
        {
            await world.EnrollAsync($"c{device}");
            await world.WantAsync($"c{device}", new DesiredSnap("nats"));
        }

        await using var second = world.World.Again();
        await using var third = world.World.Again();
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(
                Task.Run(world.World.RunAsync<Reconciler>),
                Task.Run(second.RunAsync<Reconciler>),
                Task.Run(third.RunAsync<Reconciler>)
            );
        }

        var opened = new List<int>();
        for (var device = 0; device < Devices; device++)
        {
            opened.Add((await world.World.ActionsAsync($"c{device}")).Count(action => action.IsReconciliation));
        }

        Assert.Equal(Concurrency, opened.Sum());
        Assert.Equal(1, opened.Max());
    }
}
