using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using DeviceTwin.Data.Jobs;

namespace DeviceTwin.Api.Twins;

/// <summary>Rows of the change log.</summary>
public static class Changes
{
    /// <summary>A device's twin changed.</summary>
    /// <param name="device">The device.</param>
    /// <param name="kinds">What changed.</param>
    /// <param name="by">Who asked for it.</param>
    /// <param name="at">When (UTC).</param>
    public static TwinChange Of(Device device, ChangeKinds kinds, string by, DateTime at)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new TwinChange
        {
            OrganizationId = device.OrganizationId,
            DeviceId = device.DeviceId,
            Kinds = kinds,
            At = at,
            By = by,
        };
    }

    /// <summary>A device came into a group.</summary>
    /// <param name="device">The device.</param>
    /// <param name="group">The group.</param>
    /// <param name="by">Who asked for it.</param>
    /// <param name="at">When (UTC).</param>
    public static TwinChange Joined(Device device, Group group, string by, DateTime at)
    {
        ArgumentNullException.ThrowIfNull(group);
        var change = Of(device, ChangeKinds.Groups, by, at);
        change.GroupsJoined = [group.Name];
        return change;
    }

    /// <summary>A device went out of a group.</summary>
    /// <inheritdoc cref="Joined" />
    public static TwinChange Left(Device device, Group group, string by, DateTime at)
    {
        ArgumentNullException.ThrowIfNull(group);
        var change = Of(device, ChangeKinds.Groups, by, at);
        change.GroupsLeft = [group.Name];
        return change;
    }

    /// <summary>An action moved, and with it perhaps more of the twin.</summary>
    /// <param name="action">The action, which has its <see cref="DeviceAction.Id"/>.</param>
    /// <param name="by">Who moved it.</param>
    /// <param name="at">When (UTC).</param>
    /// <param name="kinds">What else changed.</param>
    public static TwinChange Of(DeviceAction action, string by, DateTime at, ChangeKinds kinds = ChangeKinds.None)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new TwinChange
        {
            OrganizationId = action.OrganizationId,
            DeviceId = action.DeviceId,
            Kinds = ChangeKinds.Action | kinds,
            ActionRowId = action.Id,
            ActionStatus = action.Status,
            At = at,
            By = by,
        };
    }

    /// <summary>A job moved.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who moved it.</param>
    /// <param name="at">When (UTC).</param>
    public static TwinChange Of(Job job, string by, DateTime at)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new TwinChange
        {
            OrganizationId = job.OrganizationId,
            DeviceId = "",
            Kinds = ChangeKinds.Job,
            At = at,
            By = by,
        };
    }
}
