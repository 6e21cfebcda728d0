using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins;

/// <summary>How a snap list is asked for after actions, and shows what they did.</summary>
public sealed class ActionEffectTests
{
    [Theory, EveryStore]
    public async Task Twelve_actions_in_a_row_need_one_list_ten_seconds_after_the_last_answer(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        for (var number = 0; number < 12; number++)
        {
            await world.DoAsync("c333", ActionKind.Install, $"snap{number}");
            world.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(await world.SendAsync());
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ActionKind.List, Assert.Single(await world.SendAsync()).Kind);
    }

    [Theory, EveryStore]
    public async Task A_snap_list_confirms_the_actions_whose_effect_it_shows(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var nats = new SnapReport
        {
            Name = "nats",
            Revision = 7,
            Channel = "latest/stable",
            Status = "active",
            Services = [new SnapService("server", "simple", true, true)],
        };
        await world.EnrollAsync("c333", nats, new SnapReport { Name = "old" });
        var install = await world.DoAsync("c333", ActionKind.Install, "new");
        var remove = await world.DoAsync("c333", ActionKind.Remove, "old");
        var refresh = await world.DoAsync("c333", ActionKind.Refresh, "nats");
        var change = await world.DoAsync("c333", ActionKind.Switch, "nats", "2.10/edge");
        var disable = await world.DoAsync("c333", ActionKind.Disable, "nats");
        var setconf = await world.DoAsync("c333", ActionKind.Setconf, "nats", """{"tls.on":true,"port":1}""");
        var stop = await world.DoAsync("c333", ActionKind.Stop, "nats", """{"services":["nats.server"]}""");
        string[] all =
        [
            .. new[] { install, remove, refresh, change, disable, setconf, stop }.Select(action => action.ActionId),
        ];

        await AnswerListAsync(world, nats, new SnapReport { Name = "old" });
        foreach (var actionId in all)
        {
            Assert.Null((await world.ActionAsync(actionId)).ConfirmedAt);
        }

        world.Clock.Advance(TimeSpan.FromSeconds(10));
        await AnswerListAsync(
            world,
            new SnapReport { Name = "new" },
            nats with
            {
                Revision = 8,
                Channel = "2.10/edge",
                Status = "installed",
                Config = """{"port":1,"tls":{"on":true},"more":1}""",
                Services = [new SnapService("server", "simple", false, false)],
            }
        );
        foreach (var actionId in all)
        {
            Assert.Equal(world.Now, (await world.ActionAsync(actionId)).ConfirmedAt);
        }
    }

    private static async Task AnswerListAsync(TwinWorld world, params SnapReport[] snaps)
    {
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        await world.HearAsync("c333");
        var list = Assert.Single(await world.SendAsync());
        Assert.Null(await world.AnswerAsync(list, new SnapListResult(snaps, null, null)));
        await world.RequestAsync("c333", ActionKind.List);
    }
}
