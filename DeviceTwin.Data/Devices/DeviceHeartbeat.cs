namespace DeviceTwin.Data.Devices;

/// <summary>The narrow row that moves with every message of a device. No index stands on its instants, so that PostgreSQL updates it in place (HOT).</summary>
public sealed class DeviceHeartbeat
{
    /// <summary>The twin: <see cref="Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>The instant that the device put into its newest heartbeat (its clock).</summary>
    public DateTime? HeartbeatAt { get; set; }

    /// <summary>When the newest message of any kind was taken in (our clock).</summary>
    public DateTime? LastSeenAt { get; set; }

    /// <summary>Whether the device is heard.</summary>
    public Connectivity Connectivity { get; set; }
}

/// <summary>Whether a device is heard.</summary>
public enum Connectivity
{
    /// <summary>No message yet.</summary>
    NeverSeen = 0,

    /// <summary>Heard within the configured time.</summary>
    Online = 1,

    /// <summary>Not heard for longer than the configured time.</summary>
    Offline = 2,
}
