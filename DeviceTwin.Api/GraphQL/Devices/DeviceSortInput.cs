using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>What to order devices by, one key in each object. In a list of these the first counts most; what is equal is ordered by device id.</summary>
public sealed class DeviceSortInput : SortInput
{
    private static readonly SortKey<Device> ByDeviceId = SortKey.Of<Device, string>(
        "deviceId",
        device => device.DeviceId
    );
    private static readonly SortKey<Device> ByBrand = SortKey.Of<Device, string>("brand", device => device.Brand);
    private static readonly SortKey<Device> ByModel = SortKey.Of<Device, string>("model", device => device.Model);
    private static readonly SortKey<Device> BySerial = SortKey.Of<Device, string>("serial", device => device.Serial);
    private static readonly SortKey<Device> ByCreatedAt = SortKey.Of<Device, DateTime>(
        "createdAt",
        device => device.CreatedAt
    );
    private static readonly SortKey<Device> ByLastHeartbeatAt = SortKey.OfNullable<Device, DateTime?>(
        "lastHeartbeatAt",
        device => device.Heartbeat.HeartbeatAt
    );

    /// <summary>By device id.</summary>
    public SortDirection? DeviceId { get; init; }

    /// <summary>By brand.</summary>
    public SortDirection? Brand { get; init; }

    /// <summary>By model.</summary>
    public SortDirection? Model { get; init; }

    /// <summary>By serial number.</summary>
    public SortDirection? Serial { get; init; }

    /// <summary>By the instant of creation.</summary>
    public SortDirection? CreatedAt { get; init; }

    /// <summary>By the instant in the newest heartbeat.</summary>
    public SortDirection? LastHeartbeatAt { get; init; }

    /// <summary>The order that was asked for.</summary>
    internal static KeysetOrder<Device> OrderOf(IReadOnlyList<DeviceSortInput>? order) =>
        new([.. (order ?? []).SelectMany(part => part.Keys()), ByDeviceId]);

    private IEnumerable<SortKey<Device>> Keys() =>
        new (SortDirection? Direction, SortKey<Device> Key)[]
        {
            (DeviceId, ByDeviceId),
            (Brand, ByBrand),
            (Model, ByModel),
            (Serial, BySerial),
            (CreatedAt, ByCreatedAt),
            (LastHeartbeatAt, ByLastHeartbeatAt),
        }
            .Where(part => part.Direction is not null)
            .Select(part => part.Key.In(part.Direction!.Value));
}
