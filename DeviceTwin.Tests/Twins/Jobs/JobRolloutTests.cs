using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>Which devices a job starts, and when.</summary>
public sealed class JobRolloutTests
{
    [Theory, EveryStore]
    public async Task A_job_asks_the_devices_that_match_at_its_start_and_are_in_sight_and_no_other(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(5);
        await world.AddDevicesAsync(1, prefix: "x");
        await world.Store.AddDevicesAsync(1, world.Now, prefix: "dother", organizationId: "other");
        await world.Get<Lifecycle>().DeleteAsync("abc", "d004", "ann", CancellationToken.None);
        var request = JobWorld.Request() with { Where = device => EF.Functions.Like(device.DeviceId, "d%") };
        var job = (await world.Get<JobRequests>().StartAsync(request, "ann", CancellationToken.None)).Value!;
        await world.AddDevicesAsync(1, prefix: "dnew");
        await world.RunJobsAsync();

        var actions = await world.ActionsAsync(job);
        Assert.Equal(["d000", "d001", "d002", "d003"], actions.Select(action => action.DeviceId).Order());
        Assert.All(
            actions,
            action =>
            {
                Assert.Equal((ActionKind.Install, "nats", "ann"), (action.Kind, action.Snap, action.RequestedBy));
                Assert.Equal(job.ExpiresAt, action.ExpiresAt);
            }
        );
        Assert.Equal(
            [(ActionStatus.Queued, "ann")],
            (await world.ChangesAsync("d000")).Select(change => (change.ActionStatus!.Value, change.By))
        );

        Assert.Equal(4, await world.AnswerAsync());
        var ended = await world.JobAsync(job);
        Assert.Equal((JobStatus.Succeeded, 0, 4, 0), ended.Counts());
        Assert.Equal(world.Now, ended.FinishedAt);
    }

    [Theory, EveryStore]
    public async Task Each_device_that_ends_gives_its_place_to_the_next(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(7);
        var job = await world.StartJobAsync(concurrency: 3);
        Assert.Equal(3, (await world.ActionsAsync(job)).Count);
        await world.RunJobsAsync();
        Assert.Equal(3, (await world.ActionsAsync(job)).Count);

        var sent = await world.SendAsync();
        await world.AnswerAsync(sent[0]);
        await world.RunJobsAsync();
        Assert.Equal(4, (await world.ActionsAsync(job)).Count);
        Assert.Equal((JobStatus.Running, 6, 1, 0), (await world.JobAsync(job)).Counts());

        await world.AnswerAsync(sent[1]);
        await world.AnswerAsync(sent[2]);
        await world.RunJobsAsync();
        while (await world.AnswerAsync() > 0) { }
        Assert.Equal((JobStatus.Succeeded, 0, 7, 0), (await world.JobAsync(job)).Counts());
        Assert.Equal(7, (await world.ActionsAsync(job)).Select(action => action.DeviceId).Distinct().Count());
    }

    [Theory, EveryStore]
    public async Task Offline_devices_take_no_place_and_are_asked_when_they_are_back(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(3, Connectivity.Offline, "a");
        await world.AddDevicesAsync(2, prefix: "b");
        var job = await world.StartJobAsync(concurrency: 1);
        Assert.Equal(1, await world.AnswerAsync());
        Assert.Equal(1, await world.AnswerAsync());
        Assert.Equal((JobStatus.Running, 3, 2, 0), (await world.JobAsync(job)).Counts());
        Assert.Equal(["b000", "b001"], (await world.ActionsAsync(job)).Select(action => action.DeviceId));

        await world.HearAsync("a001");
        await world.RunJobsAsync();
        Assert.Equal("a001", (await world.ActionsAsync(job))[^1].DeviceId);
    }

    [Theory, EveryStore]
    public async Task A_device_that_goes_offline_before_its_action_is_sent_frees_its_place_and_needs_one_again(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(3);
        var job = await world.StartJobAsync(concurrency: 1);
        await world.MoveAsync(Connectivity.Offline, "d000");
        await world.RunJobsAsync();
        Assert.Equal(["d000", "d001"], (await world.ActionsAsync(job)).Select(action => action.DeviceId));

        // It is back while the one place is taken: what it is to do is not sent yet.
        await world.HearAsync("d000");
        await world.RunJobsAsync();
        var sent = Assert.Single(await world.SendAsync());
        Assert.Equal("d001", sent.DeviceId);

        await world.AnswerAsync(sent);
        await world.RunJobsAsync();
        var returned = Assert.Single(await world.SendAsync());
        Assert.Equal("d000", returned.DeviceId);
        Assert.Equal(2, (await world.ActionsAsync(job)).Count);
        await world.AnswerAsync(returned);
        await world.RunJobsAsync();
        Assert.Equal(1, await world.AnswerAsync());
        Assert.Equal((JobStatus.Succeeded, 0, 3, 0), (await world.JobAsync(job)).Counts());
    }

    [Theory, EveryStore]
    public async Task A_device_that_stays_away_too_long_fails_with_a_reason_and_is_never_sent_to(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(2, Connectivity.Offline);
        await world.AddDevicesAsync(10, prefix: "on");
        var job = await world.StartJobAsync();
        Assert.Equal(10, await world.AnswerAsync());

        world.Clock.Advance(world.Settings.Action.QueueTimeToLive - TimeSpan.FromMinutes(1));
        await world.RunJobsAsync();
        Assert.Equal((JobStatus.Running, 2, 10, 0), (await world.JobAsync(job)).Counts());
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.RunJobsAsync();

        Assert.Equal((JobStatus.Succeeded, 0, 10, 2), (await world.JobAsync(job)).Counts());
        var failed = (await world.ActionsAsync(job)).Where(action => action.Status == ActionStatus.TimedOut).ToList();
        Assert.Equal(["d000", "d001"], failed.Select(action => action.DeviceId));
        Assert.All(failed, action => Assert.Contains("did not come in time", action.Message, StringComparison.Ordinal));
        await world.HearAsync("d000");
        Assert.Empty(await world.SendAsync());
    }

    [Theory, EveryStore]
    public async Task A_held_back_action_whose_time_is_over_counts_as_failed(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(1);
        var job = await world.StartJobAsync(maxFailurePercent: 100);
        await world.MoveAsync(Connectivity.Offline, "d000");
        await world.RunJobsAsync();
        world.Clock.Advance(world.Settings.Action.QueueTimeToLive);
        await world.RunAsync<ActionExpiry>();
        await world.RunJobsAsync();
        Assert.Equal((JobStatus.Succeeded, 0, 0, 1), (await world.JobAsync(job)).Counts());
        Assert.Equal(ActionRows.NotHeard, Assert.Single(await world.ActionsAsync(job)).Message);
    }

    [Theory, EveryStore]
    public async Task A_device_deleted_while_it_waits_fails_with_a_reason_and_never_gets_the_action(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(3);
        var job = await world.StartJobAsync(concurrency: 1, maxFailurePercent: 100);
        await DeleteAsync("d000");
        await DeleteAsync("d002");
        await world.RunJobsAsync();
        Assert.Equal(1, await world.AnswerAsync());
        await world.RunJobsAsync();

        Assert.Equal((JobStatus.Succeeded, 0, 1, 2), (await world.JobAsync(job)).Counts());
        Assert.Equal(
            [
                ("d000", ActionStatus.Cancelled, "The device was deleted."),
                ("d001", ActionStatus.Completed, "100"),
                ("d002", ActionStatus.Cancelled, "The device was deleted before its turn came."),
            ],
            (await world.ActionsAsync(job))
                .Select(action => (action.DeviceId, action.Status, action.Message!))
                .OrderBy(action => action.DeviceId)
        );
        await world.Get<Lifecycle>().RestoreAsync("abc", "d002", "ann", CancellationToken.None);
        await world.HearAsync("d002");
        Assert.Empty(await world.SendAsync());

        Task DeleteAsync(string deviceId) =>
            world.Get<Lifecycle>().DeleteAsync("abc", deviceId, "ann", CancellationToken.None);
    }

    [Theory, EveryStore]
    public async Task Two_runners_on_one_store_never_start_a_device_twice(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(60);
        var jobs = new List<Job>();
        for (var number = 0; number < 3; number++)
        {
            var outcome = await world
                .Get<JobRequests>()
                .StartAsync(JobWorld.Request(concurrency: 7), "ann", CancellationToken.None);
            jobs.Add(outcome.Value!);
        }

        for (var round = 0; round < 12; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.RunAsync<JobRunner>())));
            foreach (var job in jobs)
            {
                Assert.InRange((await world.ActionsAsync(job)).Count(IsOpen), 0, 7);
            }

            foreach (var action in await world.SendAsync())
            {
                await world.AnswerAsync(action, message: "100");
            }

            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var job in jobs)
        {
            Assert.Equal((JobStatus.Succeeded, 0, 60, 0), (await world.JobAsync(job)).Counts());
            var actions = await world.ActionsAsync(job);
            Assert.Equal(60, actions.Count);
            Assert.Equal(60, actions.Select(action => action.DeviceId).Distinct().Count());
        }

        static bool IsOpen(DeviceAction action) => action.Status is ActionStatus.Queued or ActionStatus.Sent;
    }
}
