namespace DeviceTwin.Api.Twins;

/// <summary>One line of metrics; what the line does not hold is null and leaves the stored value as it is.</summary>
/// <param name="OrganizationId">The organization, as the topic names it.</param>
/// <param name="DeviceId">The device, as the line names it.</param>
/// <param name="MemoryTotalBytes">Bytes.</param>
/// <param name="MemoryUsedBytes">Bytes.</param>
/// <param name="MemoryUsedPercent">0 to 100.</param>
/// <param name="CpuUserSeconds">Seconds since boot.</param>
/// <param name="CpuSystemSeconds">Seconds since boot.</param>
/// <param name="CpuTotalSeconds">Seconds since boot.</param>
/// <param name="ReceivedAt">When it was taken in (our clock, UTC).</param>
public sealed record MetricsReport(
    string OrganizationId,
    string DeviceId,
    long? MemoryTotalBytes,
    long? MemoryUsedBytes,
    double? MemoryUsedPercent,
    double? CpuUserSeconds,
    double? CpuSystemSeconds,
    double? CpuTotalSeconds,
    DateTime ReceivedAt
);
