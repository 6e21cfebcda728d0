using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins;

/// <summary>What senders take in hand.</summary>
public sealed class ActionOutboxTests
{
    [Theory, EveryStore]
    public async Task Claims_at_once_never_give_the_same_action_nor_two_of_one_device(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        for (var number = 0; number < 40; number++)
        {
            await world.HearAsync($"c{number}");
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Outbox.ClaimAsync(10)));

        var claimed = claims.SelectMany(claim => claim).ToList();
        Assert.Equal(claimed.Count, claimed.DistinctBy(action => action.ActionId).Count());
        Assert.Equal(claimed.Count, claimed.DistinctBy(action => action.DeviceId).Count());
        claimed.AddRange(await world.Outbox.ClaimAsync(100));
        Assert.Equal(40, claimed.DistinctBy(action => action.DeviceId).Count());
    }

    [Theory, EveryStore]
    public async Task Actions_of_devices_that_are_away_keep_nobody_elses_from_being_claimed(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        string[] away = ["a", "b", "c"];
        foreach (var deviceId in away)
        {
            await world.EnrollAsync(deviceId);
            await world.RequestAsync(deviceId, ActionKind.Install, "nats");
        }

        world.Clock.Advance(world.Settings.Device.OfflineAfter + TimeSpan.FromSeconds(1));
        await world.EnrollAsync("here");
        var wanted = await world.RequestAsync("here", ActionKind.Install, "nats");

        var claimed = await world.Outbox.ClaimAsync(1);

        Assert.Equal(wanted.ActionId, Assert.Single(claimed).ActionId);
        Assert.Empty(await world.Outbox.ClaimAsync(10));
    }

    [Theory, EveryStore]
    public async Task Claiming_wakes_nobody_since_it_brings_nothing_new(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.HearAsync("c333");
        var next = world.Get<CommitSignal>().Next;

        var claimed = await world.Outbox.ClaimAsync(10);
        Assert.Equal(ActionKind.Device, Assert.Single(claimed).Kind);
        Assert.False(next.IsCompleted);

        await world.Outbox.MarkSentAsync(claimed, CancellationToken.None);
        Assert.True(next.IsCompleted);
    }

    [Theory, EveryStore]
    public async Task An_action_whose_device_is_not_subscribed_is_due_again_after_a_pause_before_later_ones(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var first = await world.RequestAsync("c333", ActionKind.Install, "nats");
        var claimed = await world.Outbox.ClaimAsync(10);
        Assert.Equal(first.ActionId, Assert.Single(claimed).ActionId);

        await world.Outbox.DeferAsync(claimed, CancellationToken.None);

        await world.RequestAsync("c333", ActionKind.Remove, "nats");
        Assert.Empty(await world.Outbox.ClaimAsync(10));
        Assert.Equal(ActionStatus.Queued, (await world.ActionAsync(first.ActionId)).Status);
        world.Clock.Advance(world.Settings.Action.SubscriberPause);
        await world.HearAsync("c333");
        Assert.Equal(
            first.ActionId,
            Assert.Single(await world.SendAsync(), action => action.Kind == ActionKind.Install).ActionId
        );
        Assert.Equal(ActionStatus.Sent, (await world.ActionAsync(first.ActionId)).Status);
    }

    [Theory, EveryStore]
    public async Task An_action_whose_device_is_not_subscribed_can_be_cancelled(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var action = await world.RequestAsync("c333", ActionKind.Install, "nats");
        await world.Outbox.DeferAsync(await world.Outbox.ClaimAsync(10), CancellationToken.None);

        var outcome = await world.Requests.CancelAsync(
            TwinWorld.Organization,
            action.ActionId,
            "ann",
            CancellationToken.None
        );

        Assert.Null(outcome.Error);
        Assert.Equal(ActionStatus.Cancelled, (await world.ActionAsync(action.ActionId)).Status);
    }
}
