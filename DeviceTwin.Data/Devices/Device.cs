namespace DeviceTwin.Data.Devices;

/// <summary>A device's twin: its summary and what hangs on it. Heartbeats never touch this row, see <see cref="DeviceHeartbeat"/>.</summary>
public sealed class Device
{
    /// <summary>The twin's own id, never shown outside.</summary>
    public long Id { get; set; }

    /// <summary>The organization that the device belongs to.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>The id under which the device enrolled; unique over all organizations, since it is an MQTT topic level.</summary>
    public required string DeviceId { get; set; }

    /// <summary>The brand, as the device told it.</summary>
    public string Brand { get; set; } = "";

    /// <summary>The model's name, as the device told it.</summary>
    public string Model { get; set; } = "";

    /// <summary>The serial number, as the device told it.</summary>
    public string Serial { get; set; } = "";

    /// <summary>The id of the device's snap store.</summary>
    public string StoreId { get; set; } = "";

    /// <summary>The device's public key, where it told one.</summary>
    public string? DeviceKey { get; set; }

    /// <summary>When the twin was created.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When the twin was taken out of sight; null while it is in sight.</summary>
    public DateTime? DeletedAt { get; set; }

    /// <summary>Free labels set by operators: a JSON object.</summary>
    public string Tags { get; set; } = "{}";

    /// <summary>Grows by one with every change of <see cref="Tags"/>.</summary>
    public int TagsVersion { get; set; }

    /// <summary>The snap list hash that the device last sent; null when it never sent one.</summary>
    public string? SnapListHash { get; set; }

    /// <summary>The installed snaps hash that the device last sent; null when it never sent one.</summary>
    public string? InstalledSnapsHash { get; set; }

    /// <summary>When the stored snap list came in; null when none ever did.</summary>
    public DateTime? SnapsReportedAt { get; set; }

    /// <summary>Heartbeat instants and presence; every device has this row.</summary>
    public DeviceHeartbeat Heartbeat { get; set; } = null!;

    /// <summary>The operating system; null until the device told it.</summary>
    public DeviceOperatingSystem? OperatingSystem { get; set; }

    /// <summary>CPU and memory; null until the device published them.</summary>
    public DeviceMetrics? Metrics { get; set; }

    /// <summary>How far the device is from what is desired of it; every device has this row.</summary>
    public Desired.DeviceSync Sync { get; set; } = null!;

    /// <summary>The properties that the device reported; null until it reported some.</summary>
    public ReportedState? Reported { get; set; }

    /// <summary>The snaps that the device last reported.</summary>
    public ICollection<Snap> Snaps { get; } = [];

    /// <summary>The groups that the device is in.</summary>
    public ICollection<Groups.Group> Groups { get; } = [];
}
