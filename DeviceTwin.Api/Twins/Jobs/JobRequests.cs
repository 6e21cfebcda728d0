using System.Linq.Expressions;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>A job that somebody wants.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Where">Which of the organization's devices in sight.</param>
/// <param name="Kind">What they are asked to do.</param>
/// <param name="Snap">The snap, where the kind concerns one.</param>
/// <param name="Data">What is sent with it, see <see cref="ActionData"/>.</param>
/// <param name="Concurrency">How many devices may be under way at once.</param>
/// <param name="MaxFailurePercent">Percent of the devices that ended that may have failed.</param>
public sealed record JobRequest(
    string OrganizationId,
    Expression<Func<Device, bool>> Where,
    ActionKind Kind,
    string? Snap,
    string? Data,
    int Concurrency,
    int MaxFailurePercent
);

/// <summary>Stores the jobs that people want, and takes them back. <see cref="JobRunner"/> does the rest.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">Limits.</param>
/// <param name="clock">Our clock.</param>
public sealed class JobRequests(TwinStore store, Settings settings, TimeProvider clock)
{
    /// <summary>What is wrong with a job for no device.</summary>
    public static InvalidInput NoDevices { get; } = new("where", "No device of this organization matches.");

    /// <summary>Stores a job with the list of the devices that match now; it keeps that list, whatever they become.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Job>> StartAsync(JobRequest request, string by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (JobRules.Check(request, settings.Job) is { } invalid)
        {
            return invalid;
        }

        return await store.WriteAsync<Outcome<Job>>(
            async (context, token) =>
            {
                var twinIds = await context
                    .Devices.Where(device =>
                        device.OrganizationId == request.OrganizationId && device.DeletedAt == null
                    )
                    .Where(request.Where)
                    .OrderBy(device => device.Id)
                    .Select(device => device.Id)
                    .Take(settings.Job.DevicesLimit + 1)
                    .ToArrayAsync(token);
                if (twinIds.Length == 0)
                {
                    return NoDevices;
                }

                if (twinIds.Length > settings.Job.DevicesLimit)
                {
                    return new InvalidInput(
                        "where",
                        $"More than {settings.Job.DevicesLimit} devices match: start several jobs."
                    );
                }

                var job = New(request, twinIds.Length, by);
                context.Add(job);
                await context.SaveChangesAsync(token);
                await JobStatements.AddDevicesAsync(context, job.Id, twinIds, token);
                context.Add(Changes.Of(job, by, job.CreatedAt));
                return job;
            },
            cancellationToken
        );
    }

    /// <summary>Takes back a job that runs: what is on its way goes on, nothing more is started.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="by">Who takes it back.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<Job>> CancelAsync(
        string organizationId,
        string jobId,
        string by,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync<Outcome<Job>>(
            async (context, token) =>
            {
                var job = await JobStatements.LockAsync(context, jobId, token);
                if (job is null || job.OrganizationId != organizationId)
                {
                    return new JobNotFound(jobId);
                }

                if (job.Status != JobStatus.Running)
                {
                    return new InvalidInput(
                        "jobId",
                        "Only a job that is RUNNING can be cancelled; this one has ended."
                    );
                }

                var now = clock.GetUtcNow().UtcDateTime;
                job.Status = JobStatus.Cancelled;
                job.StoppedBy = by;
                job.LookAt = now;
                await SetAsideReleases.ReleaseAsync(context, [WorkerNames.Jobs], [job.Id], token);
                context.Add(Changes.Of(job, by, now));
                return job;
            },
            cancellationToken
        );

    private Job New(JobRequest request, int total, string by)
    {
        var now = clock.GetUtcNow();
        return new Job
        {
            JobId = ActionIds.New(now),
            OrganizationId = request.OrganizationId,
            Kind = request.Kind,
            Snap = request.Snap,
            // For all of the snap's services agents expect an empty object.
            Data = request.Kind is ActionKind.Start or ActionKind.Stop or ActionKind.Restart
                ? request.Data ?? ActionData.Services([])
                : ActionData.Canonical(request.Kind, request.Data),
            Concurrency = request.Concurrency,
            MaxFailurePercent = request.MaxFailurePercent,
            Total = total,
            CreatedAt = now.UtcDateTime,
            ExpiresAt = now.UtcDateTime + settings.Action.QueueTimeToLive,
            RequestedBy = by,
            LookAt = now.UtcDateTime,
        };
    }
}
