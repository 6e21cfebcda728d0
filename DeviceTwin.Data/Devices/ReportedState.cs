namespace DeviceTwin.Data.Devices;

/// <summary>The properties that a device reported of itself. There is a row for each device that ever did.</summary>
public sealed class ReportedState
{
    /// <summary>The twin: <see cref="Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>A JSON object.</summary>
    public string Properties { get; set; } = "{}";

    /// <summary>Grows by one with every patch.</summary>
    public int Version { get; set; }

    /// <summary>When the newest patch came in (our clock).</summary>
    public DateTime UpdatedAt { get; set; }
}
