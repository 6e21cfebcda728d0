using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>What counts as failed, and what a job does when it ends early.</summary>
public sealed class JobStopTests
{
    [Theory, EveryStore]
    public async Task What_failed_timed_out_or_was_cancelled_counts_as_failed(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(4);
        var job = await world.StartJobAsync(maxFailurePercent: 100);
        var cancelled = (await world.ActionsAsync(job))[3];
        Assert.Null((await world.Requests.CancelAsync("abc", cancelled.ActionId, "bob", CancellationToken.None)).Error);
        var sent = await world.SendAsync();
        await world.AnswerAsync(sent[0], message: "100");
        await world.AnswerAsync(sent[1], success: false, message: "no such snap");
        world.Clock.Advance(world.Settings.Action.Timeout);
        await world.RunAsync<ActionExpiry>();
        await world.RunJobsAsync();
        Assert.Equal((JobStatus.Succeeded, 0, 1, 3), (await world.JobAsync(job)).Counts());

        // What comes too late completes its action; the job has counted it.
        await world.AnswerAsync(sent[2], message: "100");
        await world.RunJobsAsync();
        Assert.Equal((JobStatus.Succeeded, 0, 1, 3), (await world.JobAsync(job)).Counts());
        Assert.Equal(ActionStatus.Completed, (await world.ActionAsync(sent[2].ActionId)).Status);
    }

    [Theory, EveryStore]
    public async Task A_job_stops_as_soon_as_more_than_its_percentage_of_those_ended_have_failed(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(30);
        var job = await world.StartJobAsync(concurrency: 1);
        for (var number = 0; number < 10; number++)
        {
            var success = number is not (0 or 1);
            await world.AnswerAsync(_ => success);
        }

        Assert.Equal((JobStatus.Running, 20, 8, 2), (await world.JobAsync(job)).Counts());
        await world.AnswerAsync(_ => false);

        var ended = await world.JobAsync(job);
        Assert.Equal((JobStatus.Aborted, 19, 8, 3), ended.Counts());
        Assert.Equal((world.Now, "service"), (ended.FinishedAt, ended.StoppedBy));
        await world.RunJobsAsync();
        Assert.Equal(11, (await world.ActionsAsync(job)).Count);
    }

    [Theory, EveryStore]
    public async Task With_no_failure_allowed_the_first_stops_a_job_once_ten_have_ended_and_a_small_one_at_its_end(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(3);
        var small = await world.StartJobAsync(concurrency: 1, maxFailurePercent: 0);
        await world.AnswerAsync(_ => false);
        await world.AnswerAsync();
        Assert.Equal((JobStatus.Running, 1, 1, 1), (await world.JobAsync(small)).Counts());
        await world.AnswerAsync();
        Assert.Equal((JobStatus.Aborted, 0, 2, 1), (await world.JobAsync(small)).Counts());

        await world.AddDevicesAsync(17, prefix: "e");
        var job = await world.StartJobAsync(concurrency: 1, maxFailurePercent: 0);
        await world.AnswerAsync(_ => false);
        for (var number = 1; number < 10; number++)
        {
            Assert.Equal(JobStatus.Running, (await world.JobAsync(job)).Status);
            await world.AnswerAsync();
        }

        Assert.Equal((JobStatus.Aborted, 10, 9, 1), (await world.JobAsync(job)).Counts());
    }

    [Theory, EveryStore]
    public async Task What_is_on_its_way_when_a_job_stops_goes_on_and_is_counted_what_is_queued_is_cancelled(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(20);
        var job = await world.StartJobAsync(concurrency: 14, maxFailurePercent: 10);
        var claimed = await world.Outbox.ClaimAsync(12);
        await world.Outbox.MarkSentAsync([.. claimed.Take(11)], CancellationToken.None);
        foreach (var action in claimed.Take(10))
        {
            await world.AnswerAsync(action, success: false);
        }

        await world.RunJobsAsync();
        // 14 were started: ten failed, one is sent, one is in the sender's hands, two were queued.
        var stopped = await world.JobAsync(job);
        Assert.Equal((JobStatus.Aborted, 8, 0, 12), stopped.Counts());
        Assert.Null(stopped.FinishedAt);
        Assert.All(
            (await world.ActionsAsync(job)).Where(action => action.Status == ActionStatus.Cancelled),
            action => Assert.Equal("Too many devices of the job failed.", action.Message)
        );

        await world.Outbox.MarkSentAsync([claimed[11]], CancellationToken.None);
        await world.AnswerAsync(claimed[10]);
        await world.RunJobsAsync();
        Assert.Null((await world.JobAsync(job)).FinishedAt);
        await world.AnswerAsync(claimed[11]);
        await world.RunJobsAsync();
        var ended = await world.JobAsync(job);
        Assert.Equal((JobStatus.Aborted, 6, 2, 12), ended.Counts());
        Assert.Equal(world.Now, ended.FinishedAt);
        Assert.Equal(14, (await world.ActionsAsync(job)).Count);
    }

    [Theory, EveryStore]
    public async Task A_cancelled_job_starts_nothing_more_and_takes_back_what_is_queued_or_held(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(5);
        var job = await world.StartJobAsync(concurrency: 2);
        await world.MoveAsync(Connectivity.Offline, "d000");
        await world.RunJobsAsync();
        var sent = await world.Outbox.ClaimAsync(1);
        await world.Outbox.MarkSentAsync(sent, CancellationToken.None);

        Assert.IsType<JobNotFound>((await CancelAsync("other")).Error);
        Assert.Equal(JobStatus.Cancelled, (await CancelAsync("abc")).Value!.Status);
        Assert.Equal("jobId", Assert.IsType<InvalidInput>((await CancelAsync("abc")).Error).Field);
        await world.RunJobsAsync();
        Assert.Equal((JobStatus.Cancelled, 3, 0, 2), (await world.JobAsync(job)).Counts());
        Assert.Contains(
            await world.ChangesAsync("d000"),
            change => change is { ActionStatus: ActionStatus.Cancelled, By: "bob" }
        );

        await world.AnswerAsync(sent[0]);
        await world.RunJobsAsync();
        var ended = await world.JobAsync(job);
        Assert.Equal((JobStatus.Cancelled, 2, 1, 2), ended.Counts());
        Assert.Equal(world.Now, ended.FinishedAt);
        Assert.IsType<JobNotFound>((await CancelAsync("abc", "none")).Error);

        Task<Outcome<Job>> CancelAsync(string organization, string? jobId = null) =>
            world.Get<JobRequests>().CancelAsync(organization, jobId ?? job.JobId, "bob", CancellationToken.None);
    }

    [Theory, EveryStore]
    public async Task A_job_goes_with_its_list_and_its_actions_once_they_are_kept_long_enough(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(2);
        var running = await world.StartJobAsync(concurrency: 1);
        await world.AnswerAsync();
        world.Settings.Action.QueueTimeToLive = TimeSpan.FromDays(1);
        world.Settings.Action.Retention = TimeSpan.FromHours(1);
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.RunAsync<Retention>();
        // The job has counted one of its actions and still needs the other.
        Assert.Equal(2, (await world.ActionsAsync(running)).Count);

        await world.MoveAsync(Connectivity.Online, "d001");
        Assert.Equal(1, await world.AnswerAsync());
        Assert.NotNull((await world.JobAsync(running)).FinishedAt);
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.RunAsync<Retention>();
        await using var context = await world.OpenAsync();
        Assert.Equal(0, await context.Jobs.CountAsync() + await context.JobDevices.CountAsync());
        Assert.Empty(await world.ActionsAsync(running));
    }
}
