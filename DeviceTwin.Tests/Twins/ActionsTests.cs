using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins;

public sealed class ActionsTests
{
    [Theory, EveryStore]
    public async Task An_action_goes_from_queued_to_sent_to_completed_and_each_step_is_in_the_log(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var before = (await world.ChangesAsync("c333")).Count;
        var action = await world.RequestAsync("c333", ActionKind.Install, "nats");
        Assert.Equal(ActionStatus.Queued, action.Status);
        var sent = Assert.Single(await world.SendAsync());
        Assert.Equal((action.ActionId, "nats"), (sent.ActionId, sent.Snap));
        Assert.Equal(world.Now + world.Settings.Action.Timeout, (await world.ActionAsync(action.ActionId)).ExpiresAt);
        await world.AnswerAsync(sent, message: "100");
        Assert.Equal("100", (await world.ActionAsync(action.ActionId)).Message);
        Assert.Equal(
            [(ActionStatus.Queued, "ann"), (ActionStatus.Sent, "service"), (ActionStatus.Completed, "device")],
            (await world.ChangesAsync("c333")).Skip(before).Select(change => (change.ActionStatus!.Value, change.By))
        );
    }

    [Theory, EveryStore]
    public async Task Actions_for_an_offline_device_wait_and_go_out_in_order_when_it_is_heard(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await TakeOfflineAsync(world);
        var wanted = new List<string>();
        foreach (var snap in new[] { "one", "two", "three" })
        {
            wanted.Add((await world.RequestAsync("c333", ActionKind.Install, snap)).ActionId);
        }

        Assert.Empty(await world.SendAsync());
        await world.HearAsync("c333");
        Assert.Equal(wanted, (await world.SendAsync()).Select(action => action.ActionId));
    }

    [Theory, EveryStore]
    public async Task After_the_broker_was_away_an_action_waits_until_its_device_is_heard_again(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        world.Get<Listening>().End();
        var action = await world.RequestAsync("c333", ActionKind.Install, "nats");
        Assert.Empty(await world.SendAsync());
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        world.Get<Listening>().Begin();
        Assert.Empty(await world.SendAsync());
        await world.HearAsync("c333");
        Assert.Equal(action.ActionId, Assert.Single(await world.SendAsync()).ActionId);
    }

    [Theory, EveryStore]
    public async Task What_a_sender_claimed_and_never_sent_is_claimed_again_with_the_same_id(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var action = await world.RequestAsync("c333", ActionKind.Install, "nats");
        Assert.Single(await world.Outbox.ClaimAsync(10));
        Assert.Empty(await world.Outbox.ClaimAsync(10));
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(action.ActionId, Assert.Single(await world.Outbox.ClaimAsync(10)).ActionId);
    }

    [Theory, EveryStore]
    public async Task What_could_not_be_published_is_due_again_at_once(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await world.RequestAsync("c333", ActionKind.Install, "nats");
        var claimed = await world.Outbox.ClaimAsync(10);
        await world.Outbox.ReleaseAsync(claimed, CancellationToken.None);
        Assert.Equal(claimed, await world.Outbox.ClaimAsync(10));
    }

    [Theory, EveryStore]
    public async Task An_answer_that_is_faster_than_the_brokers_acknowledgement_is_not_lost(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await world.RequestAsync("c333", ActionKind.Install, "nats");
        var claimed = await world.Outbox.ClaimAsync(10);
        Assert.Null(await world.AnswerAsync(claimed[0], message: "100"));
        await world.Outbox.MarkSentAsync(claimed, CancellationToken.None);
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(claimed[0].ActionId)).Status);
    }

    [Theory, EveryStore]
    public async Task Only_a_queued_action_can_be_cancelled(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var action = await world.RequestAsync("c333", ActionKind.Install, "nats");
        Assert.IsType<ActionNotFound>((await CancelAsync("other", action.ActionId)).Error);
        Assert.Equal(ActionStatus.Cancelled, (await CancelAsync("abc", action.ActionId)).Value!.Status);
        Assert.Empty(await world.SendAsync());
        Assert.IsType<InvalidInput>((await CancelAsync("abc", action.ActionId)).Error);

        await world.RequestAsync("c333", ActionKind.Install, "nats");
        var claimed = Assert.Single(await world.Outbox.ClaimAsync(10));
        Assert.IsType<InvalidInput>((await CancelAsync("abc", claimed.ActionId)).Error);

        Task<Outcome<DeviceAction>> CancelAsync(string organization, string actionId) =>
            world.Requests.CancelAsync(organization, actionId, "ann", CancellationToken.None);
    }

    [Theory, EveryStore]
    public async Task Unanswered_and_undeliverable_actions_time_out(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var sent = await world.RequestAsync("c333", ActionKind.Install, "nats");
        await world.SendAsync();
        await TakeOfflineAsync(world);
        var queued = await world.RequestAsync("c333", ActionKind.Remove, "nats");

        world.Clock.Advance(world.Settings.Action.Timeout);
        await world.RunAsync<ActionExpiry>();
        Assert.Equal(ActionStatus.TimedOut, (await world.ActionAsync(sent.ActionId)).Status);
        Assert.Equal(ActionStatus.Queued, (await world.ActionAsync(queued.ActionId)).Status);

        world.Clock.Advance(world.Settings.Action.QueueTimeToLive);
        await world.RunAsync<ActionExpiry>();
        var action = await world.ActionAsync(queued.ActionId);
        Assert.Equal((ActionStatus.TimedOut, "The device was not heard in time."), (action.Status, action.Message));
        await world.HearAsync("c333");
        Assert.Empty(await world.SendAsync());
    }

    [Theory, EveryStore]
    public async Task An_action_for_a_device_of_another_organization_or_a_deleted_one_is_not_stored(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        Assert.IsType<DeviceNotFound>((await RequestAsync("other")).Error);
        await world.Get<Lifecycle>().DeleteAsync("abc", "c333", "ann", CancellationToken.None);
        Assert.IsType<DeviceNotFound>((await RequestAsync("abc")).Error);
        Assert.DoesNotContain(await world.ActionsAsync("c333"), action => action.Kind == ActionKind.Server);

        Task<Outcome<DeviceAction>> RequestAsync(string organization) =>
            world.Requests.RequestAsync(
                new ActionRequest(organization, "c333", ActionKind.Server),
                "ann",
                CancellationToken.None
            );
    }

    [Theory]
    [InlineData(ActionKind.Install, null, null, "snap")]
    [InlineData(ActionKind.Install, "a\nb", null, "snap")]
    [InlineData(ActionKind.Switch, "nats", "  ", "channel")]
    [InlineData(ActionKind.Ack, null, null, "assertion")]
    [InlineData(ActionKind.Setconf, "nats", "[1]", "config")]
    [InlineData(ActionKind.Setconf, "nats", "{}", "config")]
    public void A_wish_that_no_device_can_be_asked_names_the_field_at_fault(
        ActionKind kind,
        string? snap,
        string? data,
        string field
    ) => Assert.Equal(field, ActionRules.Check(kind, snap, data)?.Field);

    [Fact]
    public async Task On_PostgreSQL_many_senders_claim_each_action_once_and_in_order_for_each_device()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        var wanted = new Dictionary<string, List<string>>();
        string[] devices = ["a", "b", "c"];
        foreach (var device in devices)
        {
            await world.EnrollAsync(device);
        }

        foreach (var device in devices)
        {
            wanted[device] = [];
            for (var number = 0; number < 5; number++)
            {
                wanted[device].Add((await world.RequestAsync(device, ActionKind.Install, $"s{number}")).ActionId);
            }
        }

        var sent = new List<OutgoingAction>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    while (true)
                    {
                        var claimed = await world.Outbox.ClaimAsync(2, ExcludedItems.None, limit.Token);
                        lock (sent)
                        {
                            sent.AddRange(claimed);
                            if (sent.Count >= 15)
                            {
                                return;
                            }
                        }

                        await world.Outbox.MarkSentAsync(claimed, limit.Token);
                    }
                })
        );
        Assert.Equal(15, sent.Select(action => action.ActionId).Distinct().Count());
        Assert.All(
            wanted,
            device =>
                Assert.Equal(
                    device.Value,
                    sent.Where(action => action.DeviceId == device.Key).Select(action => action.ActionId)
                )
        );
    }

    private static async Task TakeOfflineAsync(TwinWorld world)
    {
        world.Get<Listening>().Begin();
        world.Clock.Advance(world.Settings.Device.OfflineAfter + TimeSpan.FromSeconds(1));
        await world.RunAsync<OfflineSweep>();
        Assert.Equal(Connectivity.Offline, (await world.DeviceAsync("c333"))!.Heartbeat.Connectivity);
    }
}
