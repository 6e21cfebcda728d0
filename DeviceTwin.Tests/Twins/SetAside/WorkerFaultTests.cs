using DeviceTwin.Data.Desired;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.SetAside;

/// <summary>One item of a worker throws what nobody expects.</summary>
public sealed class WorkerFaultTests
{
    private const int Attempts = 3;
    private const string Fault = "No one expects this.";

    public static IEnumerable<object[]> Cases =>
        from name in FaultCase.All.Keys
        from kind in new[] { StoreKind.Sqlite, StoreKind.Postgres }
        select new object[] { name, kind };

    [Theory]
    [MemberData(nameof(Cases))]
    [FaultTestOf(WorkerNames.ActionExpiry)]
    [FaultTestOf(WorkerNames.Presence)]
    [FaultTestOf(WorkerNames.StaleDevices)]
    [FaultTestOf(WorkerNames.LayerMarking)]
    [FaultTestOf(WorkerNames.Reconciler)]
    [FaultTestOf(WorkerNames.Jobs)]
    [FaultTestOf(WorkerNames.Retention)]
    public async Task An_item_that_fails_is_set_aside_and_the_others_are_handled_at_once(string name, StoreKind kind)
    {
        var work = FaultCase.All[name]();
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.Attempts = Attempts;
        world.Settings.Worker.Backoff = TimeSpan.FromMilliseconds(1);
        Break(world, work);
        await work.MakeAsync(world, FaultCase.Good[0], alsoBad: true);

        await work.RunAsync(world);

        Assert.True(await work.IsDoneAsync(world, FaultCase.Good[0]), "the other is handled in the same round");
        Assert.False(await work.IsDoneAsync(world, FaultCase.Bad));
        for (var tries = 1; tries < Attempts; tries++)
        {
            Assert.Empty(await ItemsAsync(world));
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await work.RunAsync(world);
        }

        var item = Assert.Single(await ItemsAsync(world));
        Assert.Equal((work.Worker, work.DeviceId, Attempts), (item.Worker, item.DeviceId, item.Tries));
        Assert.Contains(Fault, item.Reason, StringComparison.Ordinal);
        Assert.Null(item.Payload);

        // After a restart it stays set aside, and others are handled.
        await using var restarted = world.Again();
        var reached = Break(restarted, work);
        await work.MakeAsync(restarted, FaultCase.Good[1], alsoBad: false);
        restarted.Clock.Advance(TimeSpan.FromSeconds(2));
        await work.RunAsync(restarted);
        Assert.True(await work.IsDoneAsync(restarted, FaultCase.Good[1]));
        Assert.False(await work.IsDoneAsync(restarted, FaultCase.Bad));
        Assert.Empty(reached);
        Assert.Single(await ItemsAsync(restarted));

        // Without the fault, and tried again, it is handled.
        restarted.Get<FaultPoints>().OnItem = null;
        await restarted.Store.WriteAsync(
            (context, token) => context.SetAsideItems.ExecuteDeleteAsync(token),
            CancellationToken.None
        );
        restarted.Clock.Advance(TimeSpan.FromSeconds(2));
        await work.RunAsync(restarted);
        Assert.True(await work.IsDoneAsync(restarted, FaultCase.Bad));
        Assert.Empty(await ItemsAsync(restarted));
    }

    [Theory, EveryStore]
    public async Task Hundreds_of_failing_devices_at_the_head_keep_nobody_behind_them(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.Attempts = 1;
        var groups = world.Get<Api.Twins.DeviceGroups>();
        await groups.CreateAsync(TwinWorld.Organization, "all", CancellationToken.None);
        await Jobs.JobWorld.AddDevicesAsync(world, 450);
        await Jobs.JobWorld.AddDevicesAsync(world, 3, prefix: "good");
        await using (var context = await world.OpenAsync())
        {
            await context.Syncs.ExecuteUpdateAsync(set => set.SetProperty(sync => sync.MarkedBy, "ann"));
        }

        world.Get<FaultPoints>().OnItem = (_, device) =>
        {
            if (device.StartsWith('d'))
            {
                throw new InvalidTimeZoneException(Fault);
            }
        };

        for (var round = 0; round < 4; round++)
        {
            await world.RunAsync<Api.Twins.Desired.MarkedDevices>();
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await using var read = await world.OpenAsync();
        Assert.Equal(450, await read.Syncs.CountAsync(sync => sync.MarkedBy != null));
        Assert.Equal(450, await read.SetAsideItems.CountAsync());
    }

    [Theory, EveryStore]
    public async Task A_device_that_is_set_aside_says_so_and_is_tried_again_when_its_desired_state_changes(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.Attempts = 1;
        var work = FaultCase.All["devices to reconcile"]();
        Break(world, work);
        await work.MakeAsync(world, FaultCase.Good[0], alsoBad: true);
        await work.RunAsync(world);

        await using (var context = await world.OpenAsync())
        {
            var sync = await context
                .Devices.Where(device => device.DeviceId == FaultCase.Bad)
                .Select(device => device.Sync)
                .SingleAsync();
            Assert.Equal(SyncStatus.Failed, sync.Status);
            Assert.Contains(Fault, sync.Reason, StringComparison.Ordinal);
        }

        world.Get<FaultPoints>().OnItem = null;
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await work.RunAsync(world);
        Assert.False(await work.IsDoneAsync(world, FaultCase.Bad));

        var outcome = await world
            .Get<Api.Twins.Desired.DeviceDesired>()
            .SetSnapsAsync(
                Desired.DesiredWorld.Key(FaultCase.Bad),
                [new Api.Twins.Desired.DesiredSnap("mosquitto")],
                CancellationToken.None
            );
        Assert.Null(outcome.Error);
        Assert.Empty(await ItemsAsync(world));
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await work.RunAsync(world);
        Assert.True(await work.IsDoneAsync(world, FaultCase.Bad));
    }

    [Theory, EveryStore]
    public async Task A_desired_state_that_cannot_be_computed_stops_no_other_organization(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await Jobs.JobWorld.AddDevicesAsync(world.Store, 150, world.Now, organizationId: "poisoned", prefix: "p");
        await Jobs.JobWorld.AddDevicesAsync(world.Store, 150, world.Now, organizationId: "other", prefix: "o");
        await using (var context = await world.OpenAsync())
        {
            await context.Syncs.ExecuteUpdateAsync(set => set.SetProperty(sync => sync.MarkedBy, "ann"));
        }

        world.Get<FaultPoints>().OnItem = (_, device) =>
        {
            if (device == "p007")
            {
                throw new OverflowException(Fault);
            }
        };

        await world.RunAsync<Api.Twins.Desired.MarkedDevices>();

        await using var read = await world.OpenAsync();
        var marked = await read.Devices.Where(device => device.Sync.MarkedBy != null).ToListAsync();
        Assert.Equal("p007", Assert.Single(marked).DeviceId);
    }

    [Theory, EveryStore]
    public async Task A_device_that_was_heard_after_it_was_set_aside_is_taken_offline_when_it_falls_silent_again(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.Attempts = 1;
        var work = FaultCase.All["devices that fell silent"]();
        Break(world, work);
        await work.MakeAsync(world, FaultCase.Good[0], alsoBad: true);
        await work.RunAsync(world);
        Assert.Single(await ItemsAsync(world));
        world.Get<FaultPoints>().OnItem = null;

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.HearAsync(FaultCase.Bad);
        world.Clock.Advance(world.Settings.Device.OfflineAfter + TimeSpan.FromSeconds(1));
        await work.RunAsync(world);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await work.RunAsync(world);

        Assert.True(await work.IsDoneAsync(world, FaultCase.Bad));
        Assert.Empty(await ItemsAsync(world));
    }

    [Theory, EveryStore]
    public async Task A_store_that_is_away_is_no_fault_of_the_items(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.Attempts = 1;
        var work = FaultCase.All["actions that expire"]();
        await work.MakeAsync(world, FaultCase.Good[0], alsoBad: true);
        world.Get<FaultPoints>().OnItem = (_, _) =>
            throw new Microsoft.Data.Sqlite.SqliteException("database is locked", 5);

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => work.RunAsync(world));

        Assert.Empty(await ItemsAsync(world));
        world.Get<FaultPoints>().OnItem = null;
        await work.RunAsync(world);
        Assert.True(await work.IsDoneAsync(world, FaultCase.Bad));
    }

    [Theory, EveryStore]
    public async Task A_device_that_cannot_be_started_fails_when_its_jobs_time_is_over_and_the_job_ends(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.Attempts = 1;
        world.Settings.Worker.SetAsideRetention = TimeSpan.FromDays(1_000);
        var work = FaultCase.All["devices of a job"]();
        Break(world, work);
        await work.MakeAsync(world, FaultCase.Good[0], alsoBad: true);
        await work.RunAsync(world);
        Assert.Single(await ItemsAsync(world));

        world.Clock.Advance(world.Settings.Action.QueueTimeToLive);
        await world.RunAsync<Api.Twins.ActionExpiry>();
        await work.RunAsync(world);
        await work.RunAsync(world);

        await using var context = await world.OpenAsync();
        var job = await context.Jobs.SingleAsync();
        Assert.NotNull(job.FinishedAt);
        Assert.Equal((0, 2), (job.Succeeded, job.Failed));
    }

    private static List<string> Break(TwinWorld world, FaultCase work)
    {
        var reached = new List<string>();
        world.Get<FaultPoints>().OnItem = (worker, item) =>
        {
            if (worker == work.Worker && item == work.Item)
            {
                reached.Add(item);
                throw new InvalidTimeZoneException(Fault);
            }
        };
        return reached;
    }

    private static async Task<List<SetAsideItem>> ItemsAsync(TwinWorld world)
    {
        await using var context = await world.OpenAsync();
        return await context.SetAsideItems.AsNoTracking().ToListAsync();
    }
}
