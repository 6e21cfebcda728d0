using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Jobs;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>Counts how a job's devices end, one after the other, and sees when too many have failed.</summary>
/// <param name="job">The job; its counts move.</param>
public sealed class JobTally(Job job)
{
    /// <summary>How many devices must have ended before a job can be stopped; all of a smaller job.</summary>
    public const int Least = 10;

    /// <summary>
    /// Whether too many have failed at any moment so far: more than <see cref="Job.MaxFailurePercent"/> of those that had ended, and
    /// enough had ended to tell.
    /// </summary>
    public bool MustStop { get; private set; } = job.Status == JobStatus.Aborted;

    /// <summary>A device has ended.</summary>
    /// <param name="status">How its action ended.</param>
    public void Count(ActionStatus status)
    {
        if (status == ActionStatus.Completed)
        {
            job.Succeeded++;
        }
        else
        {
            job.Failed++;
        }

        var ended = job.Succeeded + job.Failed;
        MustStop |= ended >= Math.Min(Least, job.Total) && job.Failed * 100L > (long)job.MaxFailurePercent * ended;
    }
}
