namespace DeviceTwin.Data.Devices;

/// <summary>Publishes heartbeats once they are committed: who stores them does not know who listens.</summary>
public interface IHeartbeatPublisher
{
    /// <summary>Publishes committed heartbeats. Never waits for a reader.</summary>
    /// <param name="heartbeats">At most one for each device.</param>
    void Publish(IReadOnlyList<StoredHeartbeat> heartbeats);
}

/// <summary>A heartbeat that was committed.</summary>
/// <param name="OrganizationId">The device's organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="At">The device's clock (UTC).</param>
/// <param name="ReceivedAt">Our clock (UTC).</param>
public readonly record struct StoredHeartbeat(string OrganizationId, string DeviceId, DateTime At, DateTime ReceivedAt);
