using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using DeviceTwin.Data;
using DeviceTwin.Data.Jobs;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Events;

/// <summary>Which jobs of an organization somebody listens to.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="JobId">The one job; null for all.</param>
public readonly record struct JobSelection(string OrganizationId, string? JobId);

/// <summary>Jobs as they were last read.</summary>
/// <param name="Jobs">Those that ran, and those that finished since somebody listens, by their ids.</param>
/// <param name="Newest">The newest job that was there: <see cref="Job.Id"/>.</param>
public sealed record SeenJobs(IReadOnlyList<Job> Jobs, long Newest);

/// <summary>Tells jobs as they move, at most twice a second each.</summary>
/// <param name="store">The store.</param>
/// <param name="changes">Tells when jobs may have moved.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears when the store is away.</param>
public sealed class JobFeed(TwinStore store, ChangeFeed changes, TimeProvider clock, ILogger<JobFeed> logger)
    : SharedWatches<JobSelection, SeenJobs>(changes, TimeSpan.FromMilliseconds(500), clock, logger)
{
    /// <summary>How many jobs that have finished are kept for listeners that are behind.</summary>
    private const int FinishedKept = 256;

    /// <summary>
    /// One job: at once, and then whenever it has moved. The last that is told is the job as it finished; then the stream ends. Or all jobs
    /// of an organization: those that run at once, and each that moves from then on, without end.
    /// </summary>
    /// <param name="selection">Which jobs.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<Job> ReadAsync(
        JobSelection selection,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        IReadOnlyDictionary<long, Job> told = ReadOnlyDictionary<long, Job>.Empty;
        await foreach (var (jobs, _) in WatchAsync(selection, cancellationToken))
        {
            foreach (var job in jobs.Where(job => !ReferenceEquals(job, told.GetValueOrDefault(job.Id))))
            {
                yield return job;
            }

            if (selection.JobId is not null && jobs is [{ FinishedAt: not null }])
            {
                yield break;
            }

            told = jobs.ToDictionary(job => job.Id);
        }
    }

    /// <inheritdoc />
    protected override string OrganizationOf(JobSelection key) => key.OrganizationId;

    /// <inheritdoc />
    protected override async Task<SeenJobs> ReadAsync(
        JobSelection key,
        SeenJobs? last,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var jobs = context.Jobs.AsNoTracking().Where(job => job.OrganizationId == key.OrganizationId);
        if (key.JobId is { } jobId)
        {
            jobs = jobs.Where(job => job.JobId == jobId);
            return new SeenJobs(Merge(last?.Jobs ?? [], await jobs.ToListAsync(cancellationToken)), Newest: 0);
        }

        // What ran, or was not there yet, when it was read last may have finished since.
        var newest = last?.Newest ?? await jobs.MaxAsync(job => (long?)job.Id, cancellationToken) ?? 0;
        long[] ran = [.. (last?.Jobs ?? []).Where(job => job.FinishedAt is null).Select(job => job.Id)];
        var moved = await jobs.Where(job => job.FinishedAt == null || ran.Contains(job.Id) || job.Id > newest)
            .ToListAsync(cancellationToken);
        return new SeenJobs(Merge(last?.Jobs ?? [], moved), moved.Select(job => job.Id).Append(newest).Max());
    }

    /// <inheritdoc />
    protected override bool TellsTheSame(SeenJobs value, SeenJobs last)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(last);
        return value.Newest == last.Newest && value.Jobs.SequenceEqual(last.Jobs);
    }

    // A job that has not moved stays the same object: by that listeners know what they were told.
    private static List<Job> Merge(IReadOnlyList<Job> last, List<Job> read)
    {
        var merged = last.ToDictionary(job => job.Id);
        foreach (var job in read)
        {
            if (!merged.TryGetValue(job.Id, out var known) || HasMoved(known, job))
            {
                merged[job.Id] = job;
            }
        }

        var finished = merged.Values.Where(job => job.FinishedAt is not null).OrderByDescending(job => job.FinishedAt);
        return [.. merged.Values.Except(finished.Skip(FinishedKept)).OrderBy(job => job.Id)];
    }

    private static bool HasMoved(Job known, Job job) =>
        (known.Status, known.Succeeded, known.Failed, known.FinishedAt)
        != (job.Status, job.Succeeded, job.Failed, job.FinishedAt);
}
