using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins;

/// <summary>What a list writes: only what differs, by as many statements for many snaps as for one.</summary>
public sealed class SnapReportsTests
{
    private static readonly SnapReport Nats = new()
    {
        Name = "nats",
        Version = "2.10",
        Revision = 7,
        Channel = "latest/stable",
        Status = "active",
        // snapd tells nanoseconds, of which the stores keep fewer.
        InstalledAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_567),
        Config = """{"port":4222,"tls":{"on":true,"ca":null}}""",
        Services = [new SnapService("server", "simple", true, true)],
    };

    [Theory, EveryStore]
    public async Task A_list_that_says_the_same_in_other_words_writes_no_snap(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats, new SnapReport { Name = "core22" });
        var before = await world.ChangesAsync("c333");
        world.Commands.Clear();

        await AnswerListAsync(
            world,
            new SnapReport { Name = "core22" },
            Nats with
            {
                Config = """{ "tls": {"ca": null, "on": true}, "port": 4222 }""",
                Services = null,
            }
        );

        Assert.DoesNotContain(world.Commands.Statements, IsWrite);
        Assert.DoesNotContain(
            (await world.ChangesAsync("c333")).Skip(before.Count),
            change => change.Kinds.HasFlag(ChangeKinds.Snaps)
        );
    }

    [Theory, EveryStore]
    public async Task A_list_adds_changes_and_removes_snaps_and_leaves_the_others_as_they_are(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats, new SnapReport { Name = "core22" }, new SnapReport { Name = "gone" });
        await world.EnrollAsync("other", Nats, new SnapReport { Name = "gone" });
        var before = (await world.DeviceAsync("c333"))!.Snaps.ToDictionary(snap => snap.Name, snap => snap.Id);

        await AnswerListAsync(
            world,
            Nats with
            {
                Config = null,
                InstalledAt = null,
                Services = [],
                Devmode = true,
            },
            new SnapReport { Name = "core22" },
            Nats with
            {
                Name = "new",
                Config = """{"text":"ü\u0001'{0}"}""",
            }
        );

        var snaps = (await world.DeviceAsync("c333"))!.Snaps.ToDictionary(snap => snap.Name);
        Assert.Equal(["core22", "nats", "new"], snaps.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((before["nats"], before["core22"]), (snaps["nats"].Id, snaps["core22"].Id));
        Assert.Equal((null, null, "[]"), (snaps["nats"].Config, snaps["nats"].InstalledAt, snaps["nats"].Services));
        Assert.True(snaps["nats"].Devmode);
        using var config = System.Text.Json.JsonDocument.Parse(snaps["new"].Config!);
        Assert.Equal("ü\u0001'{0}", config.RootElement.GetProperty("text").GetString());
        Assert.Equal(2, (await world.DeviceAsync("other"))!.Snaps.Count);
    }

    [Theory, EveryStore]
    public async Task A_list_keeps_the_store_id_that_an_earlier_answer_told(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", Nats);
        await world.RequestAsync("c333", ActionKind.Info, "nats");
        var info = Assert.Single(await world.SendAsync());
        await world.AnswerAsync(info, new SnapResult(Nats with { DeviceId = "store-id" }));

        await AnswerListAsync(world, Nats with { Revision = 8 });

        var snap = Assert.Single((await world.DeviceAsync("c333"))!.Snaps);
        Assert.Equal((8, "store-id"), (snap.Revision, snap.StoreSnapId));
    }

    [Theory, EveryStore]
    public async Task Many_snaps_cost_as_many_statements_as_one(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        world.Commands.Clear();
        await AnswerListAsync(world, Nats);
        var one = world.Commands.Count;
        world.Commands.Clear();

        await AnswerListAsync(world, [.. Enumerable.Range(0, 50).Select(number => Nats with { Name = $"s{number}" })]);

        // One more: the snap that is gone.
        Assert.Equal(one + 1, world.Commands.Count);
        Assert.Equal(50, (await world.DeviceAsync("c333"))!.Snaps.Count);
    }

    private static bool IsWrite(string statement) =>
        statement.Contains("insert into snap", StringComparison.OrdinalIgnoreCase)
        || statement.Contains("update snap", StringComparison.OrdinalIgnoreCase)
        || statement.Contains("delete from snap", StringComparison.OrdinalIgnoreCase);

    private static async Task AnswerListAsync(TwinWorld world, params SnapReport[] snaps)
    {
        await world.RequestAsync("c333", ActionKind.List);
        Assert.Null(
            await world.AnswerAsync(Assert.Single(await world.SendAsync()), new SnapListResult(snaps, null, null))
        );
    }
}
