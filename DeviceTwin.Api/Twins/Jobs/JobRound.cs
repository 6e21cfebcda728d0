using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Jobs;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>
/// One round of a job: counts what has ended, gives free places to the devices whose turn it is, stops the job where too many have
/// failed, and sees that all have ended. It goes by what is stored, never by what an earlier round had in mind.
/// </summary>
/// <param name="context">The context, in a transaction that holds the job.</param>
/// <param name="job">The job, which has not finished.</param>
/// <param name="items">The worker's items.</param>
/// <param name="excluded">Devices that are not started now.</param>
/// <param name="only">Only these twins are started; null for all.</param>
/// <param name="now">The instant.</param>
internal sealed class JobRound(
    TwinDbContext context,
    Job job,
    WorkerItems items,
    ExcludedItems excluded,
    long[]? only,
    DateTimeOffset now
)
{
    /// <summary>How many devices a round looks at beyond those that may be under way.</summary>
    private const int Batch = 1_000;

    private readonly JobTally tally = new(job);
    private readonly DateTime at = now.UtcDateTime;
    private bool hasMoved;

    /// <summary>Gets the devices that the round is about to start: whatever fails then may be the fault of one of them.</summary>
    public required Action<IReadOnlyList<JobDeviceItem>> Starting { get; init; }

    /// <summary>Runs the round. Gives whether anything moved.</summary>
    /// <param name="cancellationToken">Ends the round.</param>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var started = await JobStatements.ReadStartedAsync(context, job, job.Concurrency + Batch, cancellationToken);
        var open = started.FindAll(device => !device.HasEnded);
        await CountAsync(started.FindAll(device => device.HasEnded), cancellationToken);
        if (job.Status == JobStatus.Running && !tally.MustStop)
        {
            await FillAsync(open, cancellationToken);
        }

        if (job.Status == JobStatus.Running && tally.MustStop)
        {
            (job.Status, job.StoppedBy) = (JobStatus.Aborted, TwinChange.ByService);
        }

        if (job.Status != JobStatus.Running)
        {
            await TakeBackAsync(open, cancellationToken);
        }

        await FinishAsync(cancellationToken);
        if (hasMoved)
        {
            context.Add(Changes.Of(job, TwinChange.ByService, at));
        }

        return hasMoved;
    }

    private async Task CountAsync(List<StartedDevice> ended, CancellationToken cancellationToken)
    {
        // In the order in which they ended: whether too many have failed is asked after each.
        foreach (var device in ended.OrderBy(device => device.UpdatedAt).ThenBy(device => device.ActionRowId))
        {
            tally.Count(device.Status);
        }

        await MoveAsync(ended, JobDeviceState.Ended, cancellationToken);
    }

    /// <summary>Gives the free places to those that were held back and are online again, then to those that wait.</summary>
    private async Task FillAsync(List<StartedDevice> open, CancellationToken cancellationToken)
    {
        var underWay = open.FindAll(device => device.State == JobDeviceState.UnderWay);
        var away = underWay.FindAll(device => device is { Status: ActionStatus.Queued, IsOnline: false });
        var free = job.Concurrency - underWay.Count + await HoldAsync(away, cancellationToken);
        var back = open.Where(device => device is { State: JobDeviceState.Held, IsOnline: true });
        free -= await ReleaseAsync([.. back.Take(Math.Max(0, free))], cancellationToken);

        // Whoever still waits when the time is over fails, be there a free place or not.
        var isOver = at >= job.ExpiresAt;
        if ((isOver || free > 0) && only is not [])
        {
            var next = await JobStatements.LockNextAsync(
                context,
                job,
                isOver,
                isOver ? Batch : free,
                JobDeviceItem.Excluded(job, excluded, isOver),
                only,
                cancellationToken
            );
            Starting([.. next.Select(device => JobDeviceItem.Of(job, device, isOver))]);
            hasMoved |= await new JobStart(context, job, tally, items, now).RunAsync(next, isOver, cancellationToken);
        }
    }

    /// <summary>Holds back the actions of devices that went offline before they were sent. Gives how many places that frees.</summary>
    private async Task<int> HoldAsync(List<StartedDevice> devices, CancellationToken cancellationToken) =>
        (await MoveQueuedAsync(devices, JobDeviceState.Held, action => action.DueAt = null, cancellationToken)).Count;

    private async Task<int> ReleaseAsync(List<StartedDevice> devices, CancellationToken cancellationToken) =>
        (await MoveQueuedAsync(devices, JobDeviceState.UnderWay, action => action.DueAt = at, cancellationToken)).Count;

    /// <summary>Cancels what a job that was stopped has not sent yet.</summary>
    private async Task TakeBackAsync(List<StartedDevice> open, CancellationToken cancellationToken)
    {
        var reason = job.Status == JobStatus.Aborted ? "Too many devices of the job failed." : "The job was cancelled.";
        var cancelled = await MoveQueuedAsync(
            open.FindAll(device => device.Status == ActionStatus.Queued),
            JobDeviceState.Ended,
            action => action.End(ActionStatus.Cancelled, reason, at),
            cancellationToken
        );
        foreach (var action in cancelled)
        {
            tally.Count(action.Status);
            context.Add(Changes.Of(action, job.StoppedBy!, at));
        }
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var hasFinished =
            job.Pending == 0
            || (
                job.Status != JobStatus.Running && !await JobStatements.AnyOpenAsync(context, job.Id, cancellationToken)
            );
        if (hasFinished)
        {
            job.Status = job.Status == JobStatus.Running ? JobStatus.Succeeded : job.Status;
            job.FinishedAt = at;
            hasMoved = true;
        }
    }

    /// <summary>Changes those of the devices' actions that are QUEUED and not on their way. Gives these.</summary>
    private async Task<List<DeviceAction>> MoveQueuedAsync(
        List<StartedDevice> devices,
        JobDeviceState state,
        Action<DeviceAction> change,
        CancellationToken cancellationToken
    )
    {
        if (devices.Count == 0)
        {
            return [];
        }

        long[] ids = [.. devices.Select(device => device.ActionRowId)];
        var actions = await ActionStatements.LockQueuedAsync(context, ids, at, cancellationToken);
        actions.ForEach(change);
        var moved = actions.Select(action => action.Id).ToHashSet();
        await MoveAsync(devices.FindAll(device => moved.Contains(device.ActionRowId)), state, cancellationToken);
        return actions;
    }

    private async Task MoveAsync(List<StartedDevice> devices, JobDeviceState state, CancellationToken cancellationToken)
    {
        if (devices.Count > 0)
        {
            long[] twinIds = [.. devices.Select(device => device.TwinId)];
            await JobStatements.MoveAsync(context, job.Id, state, twinIds, cancellationToken);
            hasMoved = true;
        }
    }
}
