using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins;

/// <summary>Answers that come at once and are stored together.</summary>
public sealed class AnswerBatchTests
{
    private const int Devices = 40;

    [Theory, EveryStore]
    public async Task Devices_that_answer_at_once_all_have_their_twins_and_snaps(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var asked = await HearAsync(world);

        await Task.WhenAll(
            asked
                .Where(action => action.Kind == ActionKind.Device)
                .Select(action => world.AnswerAsync(action, TwinWorld.Identity(action.DeviceId)))
        );
        var lists = asked.Concat(await world.SendAsync()).Where(action => action.Kind == ActionKind.List).ToList();
        await Task.WhenAll(
            lists.Select(action =>
                world.AnswerAsync(action, new SnapListResult([new SnapReport { Name = action.DeviceId }], null, null))
            )
        );

        Assert.Equal(Devices, lists.Count);
        foreach (var list in lists)
        {
            var device = await world.DeviceAsync(list.DeviceId);
            Assert.Equal(list.DeviceId, Assert.Single(device!.Snaps).Name);
            Assert.Equal(world.Now, device.SnapsReportedAt);
            var actions = await world.ActionsAsync(list.DeviceId);
            Assert.All(actions, action => Assert.Equal(ActionStatus.Completed, action.Status));
            Assert.Equal(
                actions.Select(action => (action.Id, ActionStatus.Completed)).Order(),
                (await world.ChangesAsync(list.DeviceId))
                    .Where(change => change is { ActionRowId: not null, By: TwinChange.ByDevice })
                    .Select(change => (change.ActionRowId!.Value, change.ActionStatus!.Value))
                    .Order()
            );
        }
    }

    [Theory, EveryStore]
    public async Task One_that_is_rejected_keeps_nobody_from_being_taken(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var asked = (await HearAsync(world)).Where(action => action.Kind == ActionKind.Device).ToList();

        var reasons = await Task.WhenAll(
            asked.Select(
                (action, place) => world.AnswerAsync(action, TwinWorld.Identity(place == 7 ? "thief" : action.DeviceId))
            )
        );

        Assert.Equal("its result names another device", Assert.Single(reasons, reason => reason is not null));
        Assert.Null(await world.DeviceAsync(asked[7].DeviceId));
        Assert.NotNull(await world.DeviceAsync(asked[8].DeviceId));
    }

    [Fact]
    public async Task One_that_the_store_refuses_keeps_nobody_from_being_stored()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        var asked = (await HearAsync(world)).Where(action => action.Kind == ActionKind.Device).ToList();

        var answers = asked
            .Select(
                (action, place) =>
                    world.AnswerAsync(action, TwinWorld.Identity(action.DeviceId, place == 7 ? "\0" : "gateway-1"))
            )
            .ToList();
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(answers));

        Assert.True(StoreFault.IsRefusedData(refused));
        Assert.Equal(1, answers.Count(answer => answer.IsFaulted));
        Assert.Null(await world.DeviceAsync(asked[7].DeviceId));
        foreach (var action in asked.Where(action => action != asked[7]))
        {
            Assert.NotNull(await world.DeviceAsync(action.DeviceId));
        }
    }

    [Fact]
    public async Task One_whose_device_somebody_holds_is_told_to_try_again_and_keeps_nobody_waiting()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        await world.EnrollAsync("held");
        await world.EnrollAsync("free");
        await world.RequestAsync("held", ActionKind.List);
        await world.RequestAsync("free", ActionKind.List);
        var asked = (await world.SendAsync()).ToDictionary(action => action.DeviceId, StringComparer.Ordinal);
        var snaps = new SnapListResult([new SnapReport { Name = "nats" }], null, null);

        await world.Store.WriteAsync(
            async (context, token) =>
            {
                await DeviceStatements.LockAsync(context, "held", token);
                var held = world.AnswerAsync(asked["held"], snaps);
                Assert.Null(await world.AnswerAsync(asked["free"], snaps));
                await Assert.ThrowsAsync<DeviceHeldException>(() => held);
            },
            CancellationToken.None
        );

        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(asked["free"].ActionId)).Status);
        Assert.Equal(ActionStatus.Sent, (await world.ActionAsync(asked["held"].ActionId)).Status);
        Assert.Null(await world.AnswerAsync(asked["held"], snaps));
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(asked["held"].ActionId)).Status);
    }

    [Fact]
    public async Task Those_that_wait_together_are_read_and_written_together()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        var asked = (await HearAsync(world)).Where(action => action.Kind == ActionKind.Device).ToList();
        world.Commands.Clear();

        await world
            .Get<Answers>()
            .ApplyAsync(
                [
                    .. asked.Select(action => new Answer(
                        action.DeviceId,
                        action.ActionId,
                        "device",
                        true,
                        "",
                        TwinWorld.Identity(action.DeviceId),
                        world.Now
                    )),
                ],
                CancellationToken.None
            );

        Assert.InRange(world.Commands.Count, 1, 2 * Devices);
    }

    private static async Task<IReadOnlyList<OutgoingAction>> HearAsync(TwinWorld world)
    {
        for (var number = 0; number < Devices; number++)
        {
            await world.HearAsync($"unknown-{number}");
        }

        return await world.SendAsync();
    }
}
