namespace DeviceTwin.Data.Desired;

/// <summary>How far a device is from what is desired of it. Every device has this row; who writes it holds it (<see cref="SyncStatements"/>).</summary>
public sealed class DeviceSync
{
    /// <summary>The twin: <see cref="Devices.Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>Whether desired and reported agree.</summary>
    public SyncStatus Status { get; set; }

    /// <summary>Why the service gave up; null unless <see cref="Status"/> is <see cref="SyncStatus.Failed"/>.</summary>
    public string? Reason { get; set; }

    /// <summary>
    /// Who changed the desired state, while its comparison with the reported one has yet to be made; null when
    /// <see cref="Status"/> is up to date. A marked device counts neither as in sync nor as drifted.
    /// </summary>
    public string? MarkedBy { get; set; }

    /// <summary>When the reconciler looks at the device next; null when there is nothing that it could do.</summary>
    public DateTime? ReconcileAt { get; set; }

    /// <summary>Attempts before this instant do not count: the desired state changed since, or somebody asked to try again.</summary>
    public DateTime AttemptsSince { get; set; }

    /// <summary>As what the device counts in its fleet.</summary>
    public SyncCount Count =>
        MarkedBy is not null ? SyncCount.Unknown
        : Status == SyncStatus.InSync ? SyncCount.InSync
        : SyncCount.Drifted;
}

/// <summary>Whether desired and reported state agree.</summary>
public enum SyncStatus
{
    /// <summary>No desired state, or reported agrees with it.</summary>
    InSync = 0,

    /// <summary>They differ and the service is working on it (or waits for the device to come online).</summary>
    Pending = 1,

    /// <summary>They differ and the service gave up: the newest action of the plan failed too often.</summary>
    Failed = 2,
}

/// <summary>As what a device counts in its fleet.</summary>
public enum SyncCount
{
    /// <summary>In sync.</summary>
    InSync,

    /// <summary>Known to differ from what is desired of it.</summary>
    Drifted,

    /// <summary>Marked: it is being worked out.</summary>
    Unknown,
}
