using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins;

/// <summary>What is heard together is stored together, and each gets what it gets by itself.</summary>
public sealed class SightingBatchTests
{
    [Theory, EveryStore]
    public async Task A_batch_of_unknown_devices_becomes_as_many_twins(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("known");
        var batch = Enumerable
            .Range(0, 300)
            .Select(number => new Sighting($"d{number}", TwinWorld.Organization, world.Now, world.Now))
            .Append(new Sighting("known", TwinWorld.Organization, world.Now.AddSeconds(1), world.Now))
            .ToList();
        var outcomes = await world.StoreAsync(batch);
        Assert.Equal(300, outcomes.Count(outcome => outcome == SightingOutcome.Unknown));
        Assert.Equal(SightingOutcome.Stored, outcomes[^1]);

        foreach (var action in await world.SendAsync())
        {
            AnswerResult result =
                action.Kind == ActionKind.Device
                    ? TwinWorld.Identity(action.DeviceId)
                    : new SnapListResult([new SnapReport { Name = "core22" }], null, null);
            Assert.Null(await world.AnswerAsync(action, result));
        }

        await using var context = await world.OpenAsync();
        Assert.Equal(301, await context.Devices.CountAsync());
        Assert.Equal(0, await context.Enrollments.CountAsync());
        Assert.Equal(301, await context.FleetCounts.SumAsync(count => count.Online));
    }

    [Theory, EveryStore]
    public async Task Usual_and_other_heartbeats_of_one_batch_get_what_each_gets_by_itself(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        foreach (var known in (string[])["usual", "late", "foreign", "deleted", "silent", "news"])
        {
            await world.EnrollAsync(known);
        }

        await world.Get<Lifecycle>().DeleteAsync(TwinWorld.Organization, "deleted", "ann", CancellationToken.None);
        await using (var context = await world.OpenAsync())
        {
            await context
                .Heartbeats.Where(row => context.Devices.Any(own => own.Id == row.TwinId && own.DeviceId == "silent"))
                .ExecuteUpdateAsync(row => row.SetProperty(heard => heard.Connectivity, Connectivity.Offline));
        }

        var before = world.Now;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var counted = world.Get<ServiceCounters>().HeartbeatsStored;
        var outcomes = await world.StoreAsync([
            new Sighting("foreign", "other", world.Now, world.Now),
            new Sighting("usual", TwinWorld.Organization, world.Now, world.Now),
            new Sighting("new", TwinWorld.Organization, world.Now, world.Now),
            new Sighting("late", TwinWorld.Organization, before.AddMinutes(-1), world.Now),
            new Sighting("deleted", TwinWorld.Organization, world.Now, world.Now),
            new Sighting("silent", TwinWorld.Organization, world.Now, world.Now),
            new Sighting("news", TwinWorld.Organization, world.Now, world.Now, SnapListHash: "9f2c"),
        ]);

        Assert.Equal(
            [
                SightingOutcome.OtherOrganization,
                SightingOutcome.Stored,
                SightingOutcome.Unknown,
                SightingOutcome.Stored,
                SightingOutcome.Deleted,
                SightingOutcome.Stored,
                SightingOutcome.Stored,
            ],
            outcomes
        );
        Assert.Equal(counted + 3, world.Get<ServiceCounters>().HeartbeatsStored);
        Assert.Equal((before, before), await InstantsAsync("foreign"));
        Assert.Equal((world.Now, world.Now), await InstantsAsync("usual"));
        Assert.Equal((before, world.Now), await InstantsAsync("late"));
        Assert.Equal((before, before), await InstantsAsync("deleted"));
        Assert.Equal((world.Now, world.Now), await InstantsAsync("silent"));
        Assert.Equal(Connectivity.Online, (await world.DeviceAsync("silent"))!.Heartbeat.Connectivity);
        Assert.Equal(["new", "new", "news"], (await world.SendAsync()).Select(action => action.DeviceId).Order());

        async Task<(DateTime?, DateTime?)> InstantsAsync(string deviceId)
        {
            var heartbeat = (await world.DeviceAsync(deviceId))!.Heartbeat;
            return (heartbeat.HeartbeatAt, heartbeat.LastSeenAt);
        }
    }

    [Fact]
    public async Task On_PostgreSQL_heartbeats_that_only_move_instants_do_not_go_the_longer_way()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        await world.EnrollAsync("a");
        await world.EnrollAsync("b");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Commands.Clear();

        await world.StoreAsync([
            new Sighting("a", TwinWorld.Organization, world.Now, world.Now),
            new Sighting("b", TwinWorld.Organization, world.Now, world.Now),
        ]);

        Assert.Empty(world.Commands.Statements);
        Assert.Equal(world.Now, (await world.DeviceAsync("b"))!.Heartbeat.HeartbeatAt);
    }

    [Fact]
    public async Task On_PostgreSQL_a_row_that_somebody_holds_is_left_for_later_and_stalls_nobody()
    {
        await using var world = await TwinWorld.CreateAsync(StoreKind.Postgres);
        await world.EnrollAsync("held");
        await world.EnrollAsync("free");
        await using var context = await world.OpenAsync();
        await using var transaction = await context.Database.BeginTransactionAsync();
        await HeartbeatStatements.LockAsync(context, ["held"], CancellationToken.None);

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var outcomes = await world.StoreAsync([
            new Sighting("held", TwinWorld.Organization, world.Now, world.Now),
            new Sighting("free", TwinWorld.Organization, world.Now, world.Now),
        ]);
        Assert.Equal([SightingOutcome.Locked, SightingOutcome.Stored], outcomes);
    }
}
