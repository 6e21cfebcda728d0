namespace DeviceTwin.Data.Devices;

/// <summary>A snap as its device last reported it.</summary>
public sealed class Snap
{
    /// <summary>The row's own id, never shown outside.</summary>
    public long Id { get; set; }

    /// <summary>The twin: <see cref="Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>The snap's name, unique in its device.</summary>
    public required string Name { get; set; }

    /// <summary>The snap's id in the store; empty where the agent did not tell it.</summary>
    public string StoreSnapId { get; set; } = "";

    /// <summary>The publisher's version.</summary>
    public string Version { get; set; } = "";

    /// <summary>The store's revision; 0 where there is none.</summary>
    public int Revision { get; set; }

    /// <summary>The channel that the snap tracks.</summary>
    public string Channel { get; set; } = "";

    /// <summary>How the snap is confined, e.g. strict.</summary>
    public string Confinement { get; set; } = "";

    /// <summary>snapd's status, e.g. active or installed (disabled).</summary>
    public string Status { get; set; } = "";

    /// <summary>Whether it runs in developer mode.</summary>
    public bool Devmode { get; set; }

    /// <summary>Bytes.</summary>
    public long InstalledSize { get; set; }

    /// <summary>When it was installed; null where the device did not tell it.</summary>
    public DateTime? InstalledAt { get; set; }

    /// <summary>The configuration as JSON; null when the device reported none.</summary>
    public string? Config { get; set; }

    /// <summary>Which fields the device reported in a form that cannot be kept, and why: a JSON object of names and reasons; null for none.</summary>
    public string? FieldErrors { get; set; }

    /// <summary>A JSON array of <see cref="SnapService"/>.</summary>
    public string Services { get; set; } = "[]";
}

/// <summary>A service of a snap, kept as JSON in <see cref="Snap.Services"/>.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Daemon">The kind of daemon, e.g. simple.</param>
/// <param name="Enabled">Whether it starts with the system.</param>
/// <param name="Active">Whether it runs.</param>
public sealed record SnapService(string Name, string Daemon, bool Enabled, bool Active);
