using System.Collections.Concurrent;
using DeviceTwin.Api.Events;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Events;

public sealed class JobFeedTests
{
    private static readonly TimeSpan HalfSecond = TimeSpan.FromMilliseconds(500);
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(Some.Instant));

    [Theory, EveryStore]
    public async Task A_job_is_told_at_once_then_at_most_twice_a_second_and_as_it_finished_which_ends_the_stream(
        StoreKind kind
    )
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        await MoveAsync(store, "j1", succeeded: 0);
        await MoveAsync(store, "other", succeeded: 1);
        var feed = Feed(store, process);
        var told = new ConcurrentQueue<Job>();
        var listening = ListenAsync(feed, "j1", told, CancellationToken.None);
        await Eventually.BecomesTrueAsync(() => told.Count == 1, "it is told at once");

        for (var succeeded = 1; succeeded <= 5; succeeded++)
        {
            await MoveAsync(store, "j1", succeeded);
        }

        await store.SettleAsync();
        Assert.Single(told);
        await AdvanceUntilAsync(() => told.Count > 1 && told.Last().Succeeded == 5, "the newest is told");
        // Half a second may have ended between the five; each of them let through one event at most.
        Assert.InRange(told.Count, 2, 6);

        await MoveAsync(store, "j1", succeeded: 10, hasFinished: true);
        await AdvanceUntilAsync(() => listening.IsCompleted, "the stream ends");
        await listening.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((JobStatus.Succeeded, 10), (told.Last().Status, told.Last().Succeeded));
        Assert.Equal(0, feed.Listeners);
        Assert.Equal(0, process.Feed.Organizations);

        var late = new ConcurrentQueue<Job>();
        await ListenAsync(feed, "j1", late, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.NotNull(Assert.Single(late).FinishedAt);
    }

    [Theory, EveryStore]
    public async Task All_listeners_share_what_is_read_and_nothing_is_read_while_nothing_changes(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store, TimeSpan.FromMinutes(5));
        await MoveAsync(store, "j1", succeeded: 0);
        await store.SettleAsync();
        var feed = Feed(store, process);
        var told = Enumerable.Range(0, 50).Select(_ => new ConcurrentQueue<Job>()).ToList();
        var listening = told.ConvertAll(queue => ListenAsync(feed, "j1", queue, CancellationToken.None));
        await Eventually.BecomesTrueAsync(() => told.TrueForAll(queue => queue.Count == 1), "all are told at once");
        Assert.Equal(50, feed.Listeners);
        store.Commands.Clear();
        var passes = 0;
        await AdvanceUntilAsync(() => ++passes == 20, "ten seconds go by");
        // The tail may have handed on the job's start only now.
        Assert.InRange(Reads(store), 0, 1);

        await MoveAsync(store, "j1", succeeded: 10, hasFinished: true);
        await AdvanceUntilAsync(() => listening.TrueForAll(task => task.IsCompleted), "all see it finish");
        Assert.InRange(Reads(store), 1, 4);
    }

    [Theory, EveryStore]
    public async Task All_jobs_of_an_organization_are_told_those_that_run_at_once_and_new_ones_to_their_end(
        StoreKind kind
    )
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        await MoveAsync(store, "ended", succeeded: 10, hasFinished: true);
        await MoveAsync(store, "runs", succeeded: 3);
        var feed = Feed(store, process);
        using var ending = new CancellationTokenSource();
        var told = new ConcurrentQueue<Job>();
        var listening = ListenAsync(feed, jobId: null, told, ending.Token);
        await Eventually.BecomesTrueAsync(() => told.Count == 1, "what runs is told at once");
        Assert.Equal("runs", told.Single().JobId);

        await MoveAsync(store, "short", succeeded: 10, hasFinished: true);
        await MoveAsync(store, "runs", succeeded: 10, hasFinished: true);
        await AdvanceUntilAsync(() => told.Count >= 3, "both ends are told");
        await MoveAsync(store, "new", succeeded: 0);
        await AdvanceUntilAsync(() => told.Any(job => job.JobId == "new"), "a new one is told");

        Assert.Equal(["runs", "runs", "short"], told.Take(3).Select(job => job.JobId).Order(StringComparer.Ordinal));
        Assert.Equal(4, told.Count);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    private JobFeed Feed(TestStore store, EventProcess process) =>
        new(store.Store, process.Feed, clock, new CountingLogger<JobFeed>());

    private static async Task ListenAsync(
        JobFeed feed,
        string? jobId,
        ConcurrentQueue<Job> told,
        CancellationToken cancellationToken
    )
    {
        await foreach (var job in feed.ReadAsync(new JobSelection("acme", jobId), cancellationToken))
        {
            told.Enqueue(job);
        }
    }

    private static int Reads(TestStore store) =>
        store.Commands.Statements.Count(statement =>
            statement.Contains("max_failure_percent", StringComparison.Ordinal)
            && statement.StartsWith("select", StringComparison.OrdinalIgnoreCase)
            && !statement.Contains("LIMIT", StringComparison.Ordinal)
        );

    private Task AdvanceUntilAsync(Func<bool> condition, string what) =>
        Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(HalfSecond);
                return condition();
            },
            what
        );

    private static Task MoveAsync(TestStore store, string jobId, int succeeded, bool hasFinished = false) =>
        store.Store.WriteAsync(
            async (context, token) =>
            {
                var job = await context.Jobs.SingleOrDefaultAsync(row => row.JobId == jobId, token);
                if (job is null)
                {
                    job = new Job
                    {
                        JobId = jobId,
                        OrganizationId = "acme",
                        RequestedBy = "ann",
                        Total = 10,
                    };
                    context.Add(job);
                }

                job.Succeeded = succeeded;
                job.Status = hasFinished ? JobStatus.Succeeded : JobStatus.Running;
                job.FinishedAt = hasFinished ? Some.Instant : null;
                context.Add(Some.Change("", kinds: ChangeKinds.Job));
            },
            CancellationToken.None
        );
}
