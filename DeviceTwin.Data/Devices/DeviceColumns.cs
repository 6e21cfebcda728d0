using System.Linq.Expressions;

namespace DeviceTwin.Data.Devices;

/// <summary>The columns of devices that readers need.</summary>
public static class DeviceColumns
{
    /// <summary>
    /// What is shown of a device: all that people may see, and of its heartbeat. Instead of an Include, for whose every row EF Core
    /// makes functions anew.
    /// </summary>
    public static Expression<Func<Device, Device>> Shown { get; } =
        device => new Device
        {
            Id = device.Id,
            OrganizationId = device.OrganizationId,
            DeviceId = device.DeviceId,
            Brand = device.Brand,
            Model = device.Model,
            Serial = device.Serial,
            StoreId = device.StoreId,
            DeviceKey = device.DeviceKey,
            CreatedAt = device.CreatedAt,
            DeletedAt = device.DeletedAt,
            Tags = device.Tags,
            Heartbeat = new DeviceHeartbeat
            {
                TwinId = device.Id,
                HeartbeatAt = device.Heartbeat.HeartbeatAt,
                LastSeenAt = device.Heartbeat.LastSeenAt,
                Connectivity = device.Heartbeat.Connectivity,
            },
        };
}
