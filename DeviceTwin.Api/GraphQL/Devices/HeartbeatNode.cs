using DeviceTwin.Api.GraphQL.Engine.Sharing;
using DeviceTwin.Data.Devices;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>A heartbeat that was taken in.</summary>
/// <param name="heartbeat">The heartbeat.</param>
[Name("Heartbeat")]
public sealed class HeartbeatNode(StoredHeartbeat heartbeat) : ISharedEvent
{
    /// <summary>The organization that the device belongs to.</summary>
    public string OrganizationId => heartbeat.OrganizationId;

    /// <summary>The device.</summary>
    public string DeviceId => heartbeat.DeviceId;

    /// <summary>The device's clock.</summary>
    public DateTime At => heartbeat.At;

    /// <summary>Our clock.</summary>
    public DateTime ReceivedAt => heartbeat.ReceivedAt;

    object ISharedEvent.Identity => heartbeat;

    /// <summary>The device's twin; null when it was deleted since.</summary>
    /// <param name="loader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public IDataLoaderResult<DeviceNode?> Device([FromServices] DeviceLoader loader, IResolveFieldContext context) =>
        loader.Load(new OrganizationKey(context.Caller(), heartbeat.OrganizationId, heartbeat.DeviceId));
}
