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
);
