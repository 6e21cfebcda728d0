namespace DeviceTwin.Data.Devices;

/// <summary>A device came online or went offline.</summary>
public sealed class ConnectivityChange
{
    /// <summary>Grows with every transition.</summary>
    public long Id { get; set; }

    /// <summary>The twin: <see cref="Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>What it became.</summary>
    public Connectivity Connectivity { get; set; }

    /// <summary>When, by our clock.</summary>
    public DateTime At { get; set; }
}
