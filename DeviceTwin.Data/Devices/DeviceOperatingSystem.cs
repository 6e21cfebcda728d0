namespace DeviceTwin.Data.Devices;

/// <summary>The operating system that a device last reported.</summary>
public sealed class DeviceOperatingSystem
{
    /// <summary>The twin: <see cref="Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>snapd's version.</summary>
    public string Version { get; set; } = "";

    /// <summary>The series, e.g. 16.</summary>
    public string Series { get; set; } = "";

    /// <summary>The distribution, e.g. ubuntu-core.</summary>
    public string OsId { get; set; } = "";

    /// <summary>The distribution's version, e.g. 22.</summary>
    public string OsVersionId { get; set; } = "";

    /// <summary>Whether snapd runs on a classic system.</summary>
    public bool OnClassic { get; set; }

    /// <summary>The kernel's version.</summary>
    public string KernelVersion { get; set; } = "";
}
