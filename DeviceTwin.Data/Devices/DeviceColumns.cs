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

    /// <summary>The same without what is long: the tags, which can be 32 KB and are no JSON then, and the device's key.</summary>
    public static Expression<Func<Device, Device>> Short { get; } = WithoutLong();

    private static Expression<Func<Device, Device>> WithoutLong()
    {
        var whole = (MemberInitExpression)Shown.Body;
        var others = whole.Bindings.Where(binding =>
            binding.Member.Name is not (nameof(Device.Tags) or nameof(Device.DeviceKey))
        );
        // An object that looks as if its device had no tags would be believed.
        var noTags = Expression.Bind(typeof(Device).GetProperty(nameof(Device.Tags))!, Expression.Constant(""));
        return Shown.Update(whole.Update(whole.NewExpression, others.Append(noTags)), Shown.Parameters);
    }
}
