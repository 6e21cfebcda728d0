namespace DeviceTwin.Data.Actions;

/// <summary>
/// An action for a device, from the wish to its effect. The row is also the outbox: the sender publishes what is due
/// (<see cref="DueAt"/>) to devices that are heard, in the order of <see cref="Id"/> for each device.
/// </summary>
public sealed class DeviceAction
{
    /// <summary>Grows with every action; the order in which a device gets them.</summary>
    public long Id { get; set; }

    /// <summary>The id that travels to the device and back.</summary>
    public required string ActionId { get; set; }

    /// <summary>The organization that the device belongs to.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>The device; it may not be known yet (the service asks it who it is).</summary>
    public required string DeviceId { get; set; }

    /// <summary>What to do.</summary>
    public ActionKind Kind { get; set; }

    /// <summary>The snap that it concerns, where it concerns one.</summary>
    public string? Snap { get; set; }

    /// <summary>What is sent with it, as the device gets it.</summary>
    public string? Data { get; set; }

    /// <summary>How far it has come.</summary>
    public ActionStatus Status { get; set; }

    /// <summary>The device's answer, or why it failed.</summary>
    public string? Message { get; set; }

    /// <summary>When it was stored.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When its status last moved.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>When the broker first acknowledged it.</summary>
    public DateTime? SentAt { get; set; }

    /// <summary>When it is given up without an answer.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>When a later snap list showed its effect.</summary>
    public DateTime? ConfirmedAt { get; set; }

    /// <summary>Who asked for it: a user, a client token, or <c>service</c>.</summary>
    public string? RequestedBy { get; set; }

    /// <summary>The job that it is a part of (<see cref="Jobs.Job.JobId"/>); null where it is of none.</summary>
    public string? JobId { get; set; }

    /// <summary>Whether the service itself asks, and asks again until it is answered.</summary>
    public bool IsQuestion { get; set; }

    /// <summary>Whether the reconciler asks for it, because desired and reported state differ.</summary>
    public bool IsReconciliation { get; set; }

    /// <summary>When it is to be published next; null when there is nothing to publish.</summary>
    public DateTime? DueAt { get; set; }

    /// <summary>Until when one sender has it in hand; null when none has.</summary>
    public DateTime? LeaseUntil { get; set; }

    /// <summary>The snap's revision when the device answered; what a refresh or revert is compared with.</summary>
    public int? RevisionBefore { get; set; }

    /// <summary>The snap's channel when the device answered; what a refresh or switch is compared with.</summary>
    public string? ChannelBefore { get; set; }
}

/// <summary>What an action asks of a device. The names are the protocol's, in lower case.</summary>
public enum ActionKind
{
    /// <summary>Take an assertion.</summary>
    Ack,

    /// <summary>Tell a snap's configuration.</summary>
    Conf,

    /// <summary>Tell who you are.</summary>
    Device,

    /// <summary>Disable a snap.</summary>
    Disable,

    /// <summary>Enable a snap.</summary>
    Enable,

    /// <summary>Tell a snap's facts.</summary>
    Info,

    /// <summary>Install a snap.</summary>
    Install,

    /// <summary>Tell the installed snaps.</summary>
    List,

    /// <summary>Upload logs.</summary>
    Logs,

    /// <summary>Refresh a snap.</summary>
    Refresh,

    /// <summary>Remove a snap.</summary>
    Remove,

    /// <summary>Restart services of a snap.</summary>
    Restart,

    /// <summary>Go back to a snap's former revision.</summary>
    Revert,

    /// <summary>Tell the operating system.</summary>
    Server,

    /// <summary>Set a snap's configuration.</summary>
    Setconf,

    /// <summary>Upload a snapshot of a snap.</summary>
    Snapshot,

    /// <summary>Start services of a snap.</summary>
    Start,

    /// <summary>Stop services of a snap.</summary>
    Stop,

    /// <summary>Move a snap to another channel.</summary>
    Switch,

    /// <summary>Leave the service.</summary>
    Unregister,

    /// <summary>Create or remove a user.</summary>
    User,
}

/// <summary>How far an action has come.</summary>
public enum ActionStatus
{
    /// <summary>Stored; the device is offline or the broker has not taken it yet.</summary>
    Queued,

    /// <summary>The broker has acknowledged it.</summary>
    Sent,

    /// <summary>The device answered with success.</summary>
    Completed,

    /// <summary>The device answered without success.</summary>
    Failed,

    /// <summary>No answer before <see cref="DeviceAction.ExpiresAt"/>.</summary>
    TimedOut,

    /// <summary>Taken back before it was sent.</summary>
    Cancelled,
}
