namespace DeviceTwin.Data.Groups;

/// <summary>A named set of devices of one organization.</summary>
public sealed class Group
{
    /// <summary>The row's own id.</summary>
    public long Id { get; set; }

    /// <summary>The organization that the group belongs to.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>The name, unique in the organization.</summary>
    public required string Name { get; set; }

    /// <summary>When the group was created.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>The devices in it.</summary>
    public ICollection<Devices.Device> Devices { get; } = [];
}

/// <summary>A device is in a group.</summary>
public sealed class GroupMember
{
    /// <summary>The group: <see cref="Group.Id"/>.</summary>
    public long GroupId { get; set; }

    /// <summary>The twin: <see cref="Devices.Device.Id"/>.</summary>
    public long TwinId { get; set; }
}
