using DeviceTwin.Data.Actions;

namespace DeviceTwin.Data.Jobs;

/// <summary>One action for many devices. Its counts say how the devices of its list (<see cref="JobDevice"/>) ended.</summary>
public sealed class Job
{
    /// <summary>Grows with every job.</summary>
    public long Id { get; set; }

    /// <summary>The id that people know it by.</summary>
    public required string JobId { get; set; }

    /// <summary>The organization that its devices belong to.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>What its devices are asked to do.</summary>
    public ActionKind Kind { get; set; }

    /// <summary>The snap that it concerns, where it concerns one.</summary>
    public string? Snap { get; set; }

    /// <summary>What is sent with it, as devices get it.</summary>
    public string? Data { get; set; }

    /// <summary>How many devices may be under way at once.</summary>
    public int Concurrency { get; set; }

    /// <summary>Percent of the devices that ended that may have failed.</summary>
    public int MaxFailurePercent { get; set; }

    /// <summary>How far it has come.</summary>
    public JobStatus Status { get; set; }

    /// <summary>How many devices it is for.</summary>
    public int Total { get; set; }

    /// <summary>How many of them did what was asked.</summary>
    public int Succeeded { get; set; }

    /// <summary>How many of them did not.</summary>
    public int Failed { get; set; }

    /// <summary>How many of them have not ended; once the job has finished, those that were not started.</summary>
    public int Pending => Total - Succeeded - Failed;

    /// <summary>When it was started.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Until when a device may wait for its turn.</summary>
    public DateTime ExpiresAt { get; set; }

    /// <summary>When the last device that was under way had ended; null until then.</summary>
    public DateTime? FinishedAt { get; set; }

    /// <summary>Who started it.</summary>
    public required string RequestedBy { get; set; }

    /// <summary>Who ended it before all devices were started: a user, or the service itself; null where nobody did.</summary>
    public string? StoppedBy { get; set; }

    /// <summary>When it is to be looked at next; without a meaning once it has finished.</summary>
    public DateTime LookAt { get; set; }
}

/// <summary>How far a job has come.</summary>
public enum JobStatus
{
    /// <summary>Devices are under way or wait for their turn.</summary>
    Running,

    /// <summary>All devices have ended, and no more have failed than may fail.</summary>
    Succeeded,

    /// <summary>Too many devices failed; the rest was not started.</summary>
    Aborted,

    /// <summary>Somebody took it back; the rest was not started.</summary>
    Cancelled,
}

/// <summary>A device of a job's list.</summary>
public sealed class JobDevice
{
    /// <summary>The job: <see cref="Job.Id"/>.</summary>
    public long JobId { get; set; }

    /// <summary>The device: <see cref="Devices.Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>How far the device has come.</summary>
    public JobDeviceState State { get; set; }

    /// <summary>The device's action (<see cref="DeviceAction.Id"/>); null until it has one.</summary>
    public long? ActionRowId { get; set; }
}

/// <summary>How far a device of a job has come.</summary>
public enum JobDeviceState
{
    /// <summary>It waits for its turn, or was not started because the job was stopped.</summary>
    Waiting,

    /// <summary>It has its action and takes one of the job's places.</summary>
    UnderWay,

    /// <summary>It went offline before its action was sent: the action is held back and takes no place until the device is back.</summary>
    Held,

    /// <summary>It is counted.</summary>
    Ended,
}
