namespace DeviceTwin.Api.Events;

/// <summary>A heartbeat that was committed.</summary>
/// <param name="OrganizationId">The device's organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="At">The device's clock (UTC).</param>
/// <param name="ReceivedAt">Our clock (UTC).</param>
public readonly record struct StoredHeartbeat(string OrganizationId, string DeviceId, DateTime At, DateTime ReceivedAt);

/// <summary>Hands committed heartbeats to whoever listens.</summary>
public sealed class HeartbeatFeed
{
    /// <summary>Tells that these are committed.</summary>
    /// <param name="heartbeats">The heartbeats.</param>
    public void Publish(IReadOnlyList<StoredHeartbeat> heartbeats)
    {
        ArgumentNullException.ThrowIfNull(heartbeats);
    }
}
