using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Tests.Infrastructure;
using static DeviceTwin.Tests.Twins.Desired.DesiredWorld;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>Trying again, giving up, and starting anew.</summary>
public sealed class GivingUpTests
{
    [Theory, EveryStore]
    public async Task A_refused_step_is_tried_again_after_one_two_four_and_eight_minutes_and_then_given_up(
        StoreKind kind
    )
    {
        await using var world = await FailedAsync(kind, Reply.Refuses);

        var pauses = world
            .Changing.Zip(world.Changing.Skip(1), (one, next) => (next.At - one.At).TotalMinutes)
            .ToList();
        Assert.Equal(world.World.Settings.Desired.Attempts - 1, pauses.Count);
        for (var index = 0; index < pauses.Count; index++)
        {
            // A fresh list is asked for when the time has come: two ticks more at most.
            var pause = Math.Pow(2, index);
            Assert.InRange(pauses[index], 0.8 * pause, (1.2 * pause) + (3 * Tick.TotalMinutes));
        }

        Assert.Equal($"install nats: {Refusal}", (await world.SyncAsync(Device)).Reason);
        await world.TickAsync(100);
        Assert.Equal(world.World.Settings.Desired.Attempts, world.Steps.Count());
    }

    [Theory, EveryStore]
    public async Task Giving_up_is_told_with_the_answer_that_led_to_it(StoreKind kind)
    {
        await using var world = await FailedAsync(kind, Reply.Refuses);
        var last = Assert.Single(
            await world.World.ChangesAsync(Device),
            change => change.ActionStatus == ActionStatus.Failed && change.Kinds.HasFlag(ChangeKinds.Desired)
        );
        Assert.Equal(world.Changing.Last().At, last.At);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, (int)Reply.Ignores, "install nats: The device did not answer in time.")]
    [InlineData(StoreKind.Postgres, (int)Reply.Ignores, "install nats: The device did not answer in time.")]
    [InlineData(
        StoreKind.Sqlite,
        (int)Reply.Pretends,
        "install nats: the device says that it did it, its snap list does not show it"
    )]
    [InlineData(
        StoreKind.Postgres,
        (int)Reply.Pretends,
        "install nats: the device says that it did it, its snap list does not show it"
    )]
    public async Task A_step_without_answer_or_without_effect_counts_as_a_try(StoreKind kind, int reply, string reason)
    {
        await using var world = await FailedAsync(kind, (Reply)reply);
        Assert.Equal(reason, (await world.SyncAsync(Device)).Reason);
        Assert.Equal(world.World.Settings.Desired.Attempts, world.Steps.Count());
    }

    [Theory, EveryStore]
    public async Task Asking_to_try_again_starts_anew(StoreKind kind)
    {
        await using var world = await FailedAsync(kind, Reply.Refuses);
        var outcome = await world.Own.RetryAsync(TwinWorld.Organization, Device, "ben", CancellationToken.None);
        Assert.Null(outcome.Error);
        await AssertGoesOnAsync(world);
        Assert.Contains(
            await world.World.ChangesAsync(Device),
            change => change is { By: "ben", Kinds: ChangeKinds.Desired }
        );
    }

    [Theory, EveryStore]
    public async Task A_change_of_what_is_desired_starts_anew(StoreKind kind)
    {
        await using var world = await FailedAsync(kind, Reply.Refuses);
        await world.WantAsync(Device, new DesiredSnap("mosquitto"));
        await AssertGoesOnAsync(world);
    }

    [Theory, EveryStore]
    public async Task A_change_of_what_the_model_asks_for_starts_anew_whoever_works_it_out(StoreKind kind)
    {
        await using var world = await FailedAsync(kind, Reply.Refuses);
        var change = new LayerChange(null, [new DesiredSnap("mosquitto")], null);
        Assert.Null(
            (await world.Shared.SetModelAsync(Key("gateway-1", by: "ben"), change, CancellationToken.None)).Error
        );
        await world.World.RunAsync<LayerMarking>();
        // A list comes before the background work does.
        await world.World.RequestAsync(Device, ActionKind.List);
        var list = Assert.Single(await world.World.SendAsync());
        Assert.Null(await world.World.AnswerAsync(list, new SnapListResult([], null, null)));

        var sync = await world.SyncAsync(Device);
        Assert.Equal((null, SyncStatus.Pending), (sync.MarkedBy, sync.Status));
        Assert.Contains(
            await world.World.ChangesAsync(Device),
            change => change is { By: "ben", Kinds: ChangeKinds.Desired }
        );
        await AssertGoesOnAsync(world);
    }

    [Theory, EveryStore]
    public async Task A_snap_list_that_differs_starts_anew(StoreKind kind)
    {
        await using var world = await FailedAsync(kind, Reply.Refuses);
        world.Snapd(Device).Do(new Step(ActionKind.Install, "mosquitto"));
        await world.World.RequestAsync(Device, ActionKind.List);
        await AssertGoesOnAsync(world);
    }

    [Theory, EveryStore]
    public async Task A_snap_that_is_given_up_does_not_hold_up_another(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"), new DesiredSnap("zigbee"));
        world.Replies = action => action.Snap == "nats" ? Reply.Refuses : Reply.Does;
        await world.UntilAsync(Device, SyncStatus.Failed);
        Assert.Contains("install zigbee", world.Steps);
        Assert.Contains(world.Snapd(Device).List, snap => snap.Name == "zigbee");
    }

    [Theory, EveryStore]
    public async Task A_revision_that_is_there_can_be_pinned_and_one_that_is_not_cannot(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device, Nats(revision: 100));
        await world.WantAsync(Device, new DesiredSnap("nats", Revision: 100));
        var other = await world.Own.SetSnapsAsync(Key(Device), [new("nats", Revision: 101)], CancellationToken.None);
        Assert.Equal("snaps.0.revision", Assert.IsType<InvalidInput>(other.Error).Field);
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);

        var model = new LayerChange(null, [new("nats", Revision: 101)], null);
        var shared = await world.Shared.SetModelAsync(Key("gateway-1"), model, CancellationToken.None);
        Assert.Equal("snaps.0.revision", Assert.IsType<InvalidInput>(shared.Error).Field);
    }

    [Theory, EveryStore]
    public async Task A_pinned_revision_that_the_device_leaves_fails_at_once_with_the_reason(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device, Nats(revision: 100));
        await world.WantAsync(Device, new DesiredSnap("nats", Revision: 100));
        world.Snapd(Device).Do(new Step(ActionKind.Refresh, "nats"));
        await world.World.RequestAsync(Device, ActionKind.List);
        await world.UntilAsync(Device, SyncStatus.Failed);
        Assert.Equal(
            "nats has revision 101, not 100: the agent cannot be asked for a revision",
            (await world.SyncAsync(Device)).Reason
        );
        Assert.Empty(world.Steps);
    }

    [Theory, EveryStore]
    public async Task Protected_snaps_cannot_be_made_absent_by_any_layer(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        DesiredSnap[] snaps = [new("core22", SnapPresence.Absent)];
        var own = await world.Own.SetSnapsAsync(Key(Device), snaps, CancellationToken.None);
        var shared = await world.Shared.SetModelAsync(
            Key("gateway-1"),
            new LayerChange(null, snaps, null),
            CancellationToken.None
        );
        Assert.All(
            [own.Error, shared.Error],
            error => Assert.Equal("snaps.0.presence", Assert.IsType<InvalidInput>(error).Field)
        );
    }

    private static async Task<DesiredWorld> FailedAsync(StoreKind kind, Reply reply)
    {
        var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        world.Replies = _ => reply;
        await world.UntilAsync(Device, SyncStatus.Failed);
        return world;
    }

    private static async Task AssertGoesOnAsync(DesiredWorld world)
    {
        world.Replies = _ => Reply.Does;
        var before = world.Steps.Count();
        await world.UntilAsync(Device, SyncStatus.InSync);
        Assert.Contains("install nats", world.Steps.Skip(before));
    }
}
