namespace DeviceTwin.Data.Desired;

/// <summary>
/// The merged desired properties as a device is told them, on its retained topic. There is a row for each device that was ever
/// to be told some.
/// </summary>
public sealed class DesiredDocument
{
    /// <summary>The twin: <see cref="Devices.Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>A JSON object.</summary>
    public string Properties { get; set; } = "{}";

    /// <summary>Grows by one with every change of <see cref="Properties"/>, whichever layer it comes from.</summary>
    public int Version { get; set; }

    /// <summary>When it is to be published next; null when the newest is published.</summary>
    public DateTime? DueAt { get; set; }

    /// <summary>Until when one sender has it in hand; null when none has.</summary>
    public DateTime? LeaseUntil { get; set; }
}
