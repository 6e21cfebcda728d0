using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Jobs;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>
/// Gives devices of a job their action. One that can have none any more gets an action that has ended and is never sent: it says why, in the
/// place where people look for what became of a device.
/// </summary>
/// <param name="context">The context, in a transaction that holds the job.</param>
/// <param name="job">The job.</param>
/// <param name="tally">Counts the job's devices.</param>
/// <param name="items">The worker's items.</param>
/// <param name="now">The instant.</param>
internal sealed class JobStart(TwinDbContext context, Job job, JobTally tally, WorkerItems items, DateTimeOffset now)
{
    private readonly DateTime at = now.UtcDateTime;

    /// <summary>Makes the devices' actions, until too many devices have failed. Gives whether it made any.</summary>
    /// <param name="devices">The devices, which the transaction holds.</param>
    /// <param name="isOver">Whether the time to wait is over, so that they have failed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<bool> RunAsync(List<NextDevice> devices, bool isOver, CancellationToken cancellationToken)
    {
        var rows = new List<(long TwinId, DeviceAction Action)>(devices.Count);
        foreach (var device in devices.TakeWhile(_ => !tally.MustStop))
        {
            if (!isOver)
            {
                items.Reach(device.DeviceId);
            }

            var request = new ActionRequest(job.OrganizationId, device.DeviceId, job.Kind, job.Snap, job.Data);
            var action = ActionRows.Queued(request, job.RequestedBy, now, job.ExpiresAt);
            action.JobId = job.JobId;
            if (device.IsGone)
            {
                action.End(ActionStatus.Cancelled, "The device was deleted before its turn came.", at);
            }
            else if (isOver)
            {
                action.End(
                    ActionStatus.TimedOut,
                    "The turn of the device did not come in time: it was offline, or no place was free.",
                    at
                );
            }

            if (action.Status != ActionStatus.Queued)
            {
                // It is never sent; it stands for the device's end where people look for it.
                tally.Count(action.Status);
            }

            rows.Add((device.TwinId, action));
        }

        if (rows.Count > 0)
        {
            await StoreAsync(rows, cancellationToken);
        }

        return rows.Count > 0;
    }

    private async Task StoreAsync(List<(long TwinId, DeviceAction Action)> rows, CancellationToken cancellationToken)
    {
        var actions = rows.ConvertAll(row => row.Action);
        string[] started = [.. actions.Where(IsOpen).Select(action => action.DeviceId)];
        await UnsentActions.GiveWayAsync(context, started, at, cancellationToken);
        await ManyRows.InsertAsync(context, actions, cancellationToken);
        await ActionStatements.ReadIdsAsync(context, actions, cancellationToken);
        await ManyRows.InsertAsync(
            context,
            actions.ConvertAll(action =>
                Changes.Of(action, IsOpen(action) ? job.RequestedBy : TwinChange.ByService, at)
            ),
            cancellationToken
        );
        foreach (var moved in rows.GroupBy(row => IsOpen(row.Action)))
        {
            await JobStatements.NoteActionsAsync(
                context,
                job.Id,
                moved.Key ? JobDeviceState.UnderWay : JobDeviceState.Ended,
                [.. moved.Select(row => row.TwinId)],
                [.. moved.Select(row => row.Action.Id)],
                cancellationToken
            );
        }

        static bool IsOpen(DeviceAction action) => action.Status == ActionStatus.Queued;
    }
}
