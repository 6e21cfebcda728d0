namespace DeviceTwin.Data.Devices;

/// <summary>CPU and memory as the agent last published them on <c>metrics/{org}</c>.</summary>
public sealed class DeviceMetrics
{
    /// <summary>The twin: <see cref="Device.Id"/>.</summary>
    public long TwinId { get; set; }

    /// <summary>Bytes.</summary>
    public long? MemoryTotalBytes { get; set; }

    /// <summary>Bytes.</summary>
    public long? MemoryUsedBytes { get; set; }

    /// <summary>0 to 100.</summary>
    public double? MemoryUsedPercent { get; set; }

    /// <summary>Seconds since boot.</summary>
    public double? CpuUserSeconds { get; set; }

    /// <summary>Seconds since boot.</summary>
    public double? CpuSystemSeconds { get; set; }

    /// <summary>Seconds since boot.</summary>
    public double? CpuTotalSeconds { get; set; }

    /// <summary>When the newest of them came in, by our clock.</summary>
    public DateTime At { get; set; }
}
