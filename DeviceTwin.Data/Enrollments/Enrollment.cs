namespace DeviceTwin.Data.Enrollments;

/// <summary>A device that sends heartbeats and has not yet told who it is. Its row goes when the twin is created, or when it falls silent.</summary>
public sealed class Enrollment
{
    /// <summary>The id that the device uses in its topics.</summary>
    public required string DeviceId { get; set; }

    /// <summary>The organization that its first heartbeat named.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>The instant in its newest heartbeat (its clock, or ours where its clock is too far ahead).</summary>
    public DateTime? HeartbeatAt { get; set; }

    /// <summary>When it was last heard (our clock).</summary>
    public DateTime LastSeenAt { get; set; }

    /// <summary>The snap list hash in its newest heartbeat.</summary>
    public string? SnapListHash { get; set; }

    /// <summary>The installed snaps hash in its newest heartbeat.</summary>
    public string? InstalledSnapsHash { get; set; }
}
