using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>
/// Carries jobs on, a round of one job at a time. Each round is one transaction that holds the job, so that however many
/// processes do this work, a device is started once; and all that it goes by is in the store, so that a restart changes nothing.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="workers">Isolate jobs that fail, and devices of a job that cannot be started.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class JobRunner(TwinStore store, Workers workers, TimeProvider clock, ILogger<JobRunner> logger)
    : RepeatedWork(WorkerNames.Jobs, Busy, workers.Progress, StoreFault.Outage, clock, logger)
{
    /// <summary>From one round of a job in which something moved to its next.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(250);

    /// <summary>The same where nothing did: so long at most an answer, or a device that comes back, waits to be noticed.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private const int Batch = 100;

    private readonly TimeProvider clock = clock;
    private readonly WorkerItems items = workers.Of(WorkerNames.Jobs);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var excluded = await items.ExcludedAsync(cancellationToken);
        List<DueJob> due;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            due = await JobStatements.DueAsync(context, now, Batch, excluded.Ids(), cancellationToken);
        }

        var hasRun = false;
        foreach (var job in due)
        {
            await items.HandleAsync(
                [job],
                one => new FailedItem(SetAsideItem.KeyOf(one.Id), one.OrganizationId, DeviceId: null),
                async (_, token) => hasRun |= await RunAsync(job, excluded, token),
                cancellationToken
            );
        }

        return hasRun;
    }

    private async Task<bool> RunAsync(DueJob job, ExcludedItems excluded, CancellationToken cancellationToken)
    {
        IReadOnlyList<JobDeviceItem> starting = [];
        try
        {
            return await RunRoundAsync(only: null);
        }
        catch (Exception fault)
            when (starting.Count > 0 && !cancellationToken.IsCancellationRequested && !StoreFault.IsUnavailable(fault))
        {
            // The job's own fault shows again in a round that starts no device; else it is the fault of one of those that were to be started.
            var devices = starting;
            var hasRun = await RunRoundAsync(only: []);
            await items.HandleAsync(
                devices,
                device => new FailedItem(device.Key, job.OrganizationId, device.DeviceId),
                (some, _) => RunRoundAsync([.. some.Select(device => device.TwinId)]),
                cancellationToken
            );
            return hasRun;
        }

        Task<bool> RunRoundAsync(long[]? only) =>
            store.WriteAsync(
                async (context, token) =>
                {
                    starting = [];
                    var now = clock.GetUtcNow();
                    if (
                        await JobStatements.LockRunningAsync(context, job.Id, token) is not { } held
                        || (only is null && held.LookAt > now.UtcDateTime)
                    )
                    {
                        return false;
                    }

                    items.Reach(held.JobId);
                    var round = new JobRound(context, held, items, excluded, only, now)
                    {
                        Starting = devices => starting = devices,
                    };
                    held.LookAt = now.UtcDateTime + (await round.RunAsync(token) ? Busy : Idle);
                    return true;
                },
                cancellationToken
            );
    }
}
