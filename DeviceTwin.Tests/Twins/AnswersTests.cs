using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins;

public sealed class AnswersTests
{
    private static readonly SnapReport Nats = new()
    {
        Name = "nats",
        Version = "2.10",
        Revision = 7,
        Channel = "latest/stable",
        Status = "active",
        InstalledSize = 5L << 30,
        Config = """{"port":4222}""",
        Services = [new SnapService("server", "simple", true, true)],
    };

    [Theory, EveryStore]
    public async Task A_device_that_answers_who_it_is_becomes_a_twin_with_its_first_heartbeat(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var first = world.Now.AddSeconds(-3);
        await world.HearAsync("c333", first);
        var actions = await world.SendAsync();
        Assert.Null(await world.AnswerAsync(actions[0], TwinWorld.Identity("c333")));

        var device = await world.DeviceAsync("c333");
        Assert.NotNull(device);
        Assert.Equal(("acme", "gateway-1", "S-c333"), (device.Brand, device.Model, device.Serial));
        Assert.Equal((first, Connectivity.Online), (device.Heartbeat.HeartbeatAt, device.Heartbeat.Connectivity));
        Assert.Equal("22", device.OperatingSystem?.OsVersionId);
        Assert.Contains(
            await world.ChangesAsync("c333"),
            change => change.Kinds == (ChangeKinds.Action | ChangeKinds.Created | ChangeKinds.OperatingSystem)
        );
    }

    [Theory, EveryStore]
    public async Task A_device_answer_without_version_makes_the_service_ask_for_it(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.HearAsync("c333");
        var actions = await world.SendAsync();
        await world.AnswerAsync(actions[0], TwinWorld.Identity("c333") with { OperatingSystem = null });
        var server = Assert.Single(await world.SendAsync());
        Assert.Equal(ActionKind.Server, server.Kind);
        await world.AnswerAsync(server, TwinWorld.System("c333"));
        Assert.Equal("5.15.0", (await world.DeviceAsync("c333"))!.OperatingSystem?.KernelVersion);
    }

    [Theory, EveryStore]
    public async Task A_list_that_comes_before_the_device_answer_is_asked_for_again(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.HearAsync("c333");
        var actions = await world.SendAsync();
        Assert.Null(await world.AnswerAsync(actions[1], new SnapListResult([Nats], null, null)));
        Assert.Null(await world.AnswerAsync(actions[0], TwinWorld.Identity("c333")));
        var again = Assert.Single(await world.SendAsync());
        Assert.Equal(ActionKind.List, again.Kind);
        await world.AnswerAsync(again, new SnapListResult([Nats], null, null));
        Assert.Equal("nats", Assert.Single((await world.DeviceAsync("c333"))!.Snaps).Name);
    }

    [Theory, EveryStore]
    public async Task A_list_replaces_the_snaps_as_a_whole_and_an_equal_list_changes_nothing(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats, new SnapReport { Name = "core22" });
        var before = await world.ChangesAsync("c333");

        await AnswerListAsync(world, new SnapReport { Name = "core22" }, Nats with { Config = """{ "port": 4222 }""" });
        Assert.DoesNotContain(
            (await world.ChangesAsync("c333")).Skip(before.Count),
            change => change.Kinds.HasFlag(ChangeKinds.Snaps)
        );

        await AnswerListAsync(world, Nats with { Revision = 8 });
        var snap = Assert.Single((await world.DeviceAsync("c333"))!.Snaps);
        Assert.Equal((8, 5L << 30), (snap.Revision, snap.InstalledSize));
        Assert.Contains(await world.ChangesAsync("c333"), change => change.Kinds.HasFlag(ChangeKinds.Snaps));
    }

    [Theory, EveryStore]
    public async Task Info_keeps_the_config_that_is_known_and_conf_brings_a_new_one(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats);
        await world.RequestAsync("c333", ActionKind.Info, "nats");
        var info = Assert.Single(await world.SendAsync());
        await world.AnswerAsync(
            info,
            new SnapResult(Nats with { DeviceId = "store-id", Version = "2.11", Config = null })
        );
        var snap = Assert.Single((await world.DeviceAsync("c333"))!.Snaps);
        Assert.Equal(("2.11", "store-id"), (snap.Version, snap.StoreSnapId));
        Assert.Contains("4222", snap.Config, StringComparison.Ordinal);

        await world.RequestAsync("c333", ActionKind.Conf, "nats");
        var conf = Assert.Single(await world.SendAsync());
        await world.AnswerAsync(conf, new SnapResult(Nats with { Config = """{"port":4333}""" }));
        Assert.Contains(
            "4333",
            Assert.Single((await world.DeviceAsync("c333"))!.Snaps).Config,
            StringComparison.Ordinal
        );
    }

    [Theory, EveryStore]
    public async Task A_conf_without_result_completes_and_an_info_without_result_is_rejected(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats);
        await world.DoAsync("c333", ActionKind.Conf, "nats");
        foreach (var needing in new[] { ActionKind.Info, ActionKind.Device, ActionKind.Server, ActionKind.List })
        {
            await world.RequestAsync("c333", needing, needing == ActionKind.Info ? "nats" : null);
            var sent = Assert.Single(await world.SendAsync());
            Assert.Equal("it says success and has no result of the action's kind", await world.AnswerAsync(sent));
            Assert.Equal(ActionStatus.Sent, (await world.ActionAsync(sent.ActionId)).Status);
        }
    }

    [Theory, EveryStore]
    public async Task An_answer_cannot_complete_another_devices_action_nor_name_another_device_or_organization(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("victim");
        await world.EnrollAsync("thief");
        await world.RequestAsync("victim", ActionKind.Device);
        var action = Assert.Single(await world.SendAsync());

        Assert.NotNull(
            await world.AnswerAsync("thief", action.ActionId, ActionKind.Device, TwinWorld.Identity("thief"))
        );
        Assert.NotNull(await world.AnswerAsync(action, TwinWorld.Identity("thief")));
        Assert.NotNull(await world.AnswerAsync(action, TwinWorld.Identity("victim") with { OrganizationId = "other" }));
        Assert.NotNull(
            await world.AnswerAsync("victim", "never-asked", ActionKind.Unregister, TwinWorld.Identity("victim"))
        );
        Assert.NotNull(
            await world.AnswerAsync("victim", action.ActionId, ActionKind.Unregister, TwinWorld.Identity("victim"))
        );
        Assert.Equal(ActionStatus.Sent, (await world.ActionAsync(action.ActionId)).Status);
        Assert.Null((await world.DeviceAsync("victim"))!.DeletedAt);
    }

    [Theory, EveryStore]
    public async Task A_device_answer_updates_a_known_device_and_moves_it_in_the_fleets_counts(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await world.RequestAsync("c333", ActionKind.Device);
        await world.AnswerAsync(Assert.Single(await world.SendAsync()), TwinWorld.Identity("c333", "gateway-2"));
        Assert.Equal("gateway-2", (await world.DeviceAsync("c333"))!.Model);
        await world.RunAsync<Retention>();
        await using var context = await world.OpenAsync();
        var count = Assert.Single(context.FleetCounts);
        Assert.Equal(("gateway-2", 1, 1), (count.Model, count.Total, count.Online));
    }

    [Theory, EveryStore]
    public async Task A_failure_ends_the_action_with_its_message_and_applies_nothing(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats);
        await world.RequestAsync("c333", ActionKind.Info, "nats");
        var sent = Assert.Single(await world.SendAsync());
        await world.AnswerAsync(
            sent,
            new SnapResult(Nats with { Version = "9" }),
            success: false,
            message: "no such snap"
        );
        var action = await world.ActionAsync(sent.ActionId);
        Assert.Equal((ActionStatus.Failed, "no such snap"), (action.Status, action.Message));
        Assert.Equal("2.10", Assert.Single((await world.DeviceAsync("c333"))!.Snaps).Version);
    }

    [Theory, EveryStore]
    public async Task Duplicates_and_late_failures_change_nothing_and_a_late_success_still_counts(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var done = await world.DoAsync("c333", ActionKind.Install, "nats");
        Assert.Null(await world.AnswerAsync(done, success: false, message: "changed my mind"));
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(done.ActionId)).Status);

        await world.RequestAsync("c333", ActionKind.Server);
        var late = Assert.Single(await world.SendAsync());
        world.Clock.Advance(world.Settings.Action.Timeout + TimeSpan.FromSeconds(1));
        await world.RunAsync<ActionExpiry>();
        Assert.Equal(ActionStatus.TimedOut, (await world.ActionAsync(late.ActionId)).Status);
        await world.AnswerAsync(late, success: false);
        Assert.Equal(ActionStatus.TimedOut, (await world.ActionAsync(late.ActionId)).Status);
        await world.AnswerAsync(late, TwinWorld.System("c333", kernel: "6.8"));
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(late.ActionId)).Status);
        Assert.Equal("6.8", (await world.DeviceAsync("c333"))!.OperatingSystem?.KernelVersion);
    }

    [Theory, EveryStore]
    public async Task Unregister_takes_the_twin_out_of_sight_and_its_messages_are_ignored_until_it_is_restored(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var groups = world.Get<DeviceGroups>();
        await groups.CreateAsync(TwinWorld.Organization, "berlin", CancellationToken.None);
        await groups.AddDevicesAsync(TwinWorld.Organization, "berlin", ["c333"], "ann", CancellationToken.None);
        await world.RequestAsync("c333", ActionKind.Unregister);
        var sent = Assert.Single(await world.SendAsync());
        await world.AnswerAsync(sent, TwinWorld.Identity("c333"));
        Assert.NotNull((await world.DeviceAsync("c333"))!.DeletedAt);
        Assert.Equal(["berlin"], (await world.ChangesAsync("c333"))[^1].GroupsLeft!);
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(sent.ActionId)).Status);
        Assert.Equal(SightingOutcome.Deleted, await world.HearAsync("c333"));
        Assert.Empty(await world.SendAsync());

        await world.Get<Lifecycle>().RestoreAsync(TwinWorld.Organization, "c333", "ann", CancellationToken.None);
        Assert.Equal(SightingOutcome.Stored, await world.HearAsync("c333"));
    }

    [Theory, EveryStore]
    public async Task A_device_that_unregisters_before_its_action_is_marked_sent_has_completed_it(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await world.RequestAsync("c333", ActionKind.Unregister);
        var claimed = Assert.Single(await world.Outbox.ClaimAsync(1));

        await world.AnswerAsync(claimed, TwinWorld.Identity("c333"));

        Assert.NotNull((await world.DeviceAsync("c333"))!.DeletedAt);
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(claimed.ActionId)).Status);
    }

    [Fact]
    public async Task What_PostgreSQL_cannot_store_is_told_apart_from_a_store_that_is_away()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        await world.EnrollAsync("c333", Nats);
        await world.RequestAsync("c333", ActionKind.List);
        var sent = Assert.Single(await world.SendAsync());
        var exception = await Assert.ThrowsAnyAsync<Exception>(() =>
            world.AnswerAsync(sent, new SnapListResult([Nats with { Version = "\0" }], null, null))
        );
        Assert.True(StoreFault.IsRefusedData(exception));
        Assert.False(StoreFault.IsUnreachable(exception));
        Assert.Equal("2.10", Assert.Single((await world.DeviceAsync("c333"))!.Snaps).Version);
    }

    private static async Task AnswerListAsync(TwinWorld world, params SnapReport[] snaps)
    {
        await world.RequestAsync("c333", ActionKind.List);
        Assert.Null(
            await world.AnswerAsync(Assert.Single(await world.SendAsync()), new SnapListResult(snaps, null, null))
        );
    }
}
