using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins;

/// <summary>A device was heard: a heartbeat, metrics, or the trace of another message.</summary>
/// <param name="DeviceId">The device, as its topic names it.</param>
/// <param name="OrganizationId">The organization that the message named; null where it named none.</param>
/// <param name="HeartbeatAt">The instant that the device put into its heartbeat (its clock, UTC); null when it is not a heartbeat or is not set.</param>
/// <param name="SeenAt">When the message was taken in (our clock, UTC).</param>
/// <param name="SnapListHash">The hash of the snap list; null where the agent sent none.</param>
/// <param name="InstalledSnapsHash">The hash of the installed snaps; null where the agent sent none.</param>
public readonly record struct Sighting(
    string DeviceId,
    string? OrganizationId,
    DateTime? HeartbeatAt,
    DateTime SeenAt,
    string? SnapListHash = null,
    string? InstalledSnapsHash = null
)
{
    /// <summary>How far a device's clock may be ahead of ours.</summary>
    private static readonly TimeSpan ClockAhead = TimeSpan.FromMinutes(5);

    /// <summary>The heartbeat's instant as it is stored; null when it is not a heartbeat or is not set.</summary>
    public DateTime? HeartbeatToStore => HeartbeatAt is { } told ? Bounded(told, SeenAt) : null;

    /// <summary>A heartbeat's instant as it is stored: the device's, or ours where the device's clock is more than five minutes ahead of it.</summary>
    /// <param name="told">The device's instant (UTC).</param>
    /// <param name="ours">Our instant (UTC).</param>
    public static DateTime Bounded(DateTime told, DateTime ours) =>
        StoredInstant.Of(told > ours + ClockAhead ? ours : told);
}
