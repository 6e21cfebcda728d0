using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using DeviceTwin.Data.Organizations;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Groups of devices, and who is in them.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Our clock.</param>
public sealed class DeviceGroups(TwinStore store, TimeProvider clock)
{
    /// <summary>How many devices one call adds or removes at most.</summary>
    public const int Most = 10_000;

    /// <summary>Creates a group.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Group>> CreateAsync(
        string organizationId,
        string name,
        CancellationToken cancellationToken
    )
    {
        if (!Names.IsValid(organizationId))
        {
            return new InvalidInput("organizationId", Names.Rule("An organization's id"));
        }

        if (!Names.IsValid(name) || string.IsNullOrWhiteSpace(name))
        {
            return new InvalidInput("name", Names.Rule("A group's name"));
        }

        return await store.WriteAsync<Outcome<Group>>(
            async (context, token) =>
            {
                var now = clock.GetUtcNow().UtcDateTime;
                await OrganizationStatements.EnsureAsync(context, organizationId, now, token);
                return await GroupStatements.TryAddAsync(context, organizationId, name, now, token) is { } group
                    ? group
                    : new GroupExists(name);
            },
            cancellationToken
        );
    }

    /// <summary>Deletes a group; its devices stay.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="by">Who asks for it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<Group>> DeleteAsync(
        string organizationId,
        string name,
        string by,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            organizationId,
            name,
            async (context, group, token) =>
            {
                var members = await context
                    .Devices.Where(device => device.Groups.Any(other => other.Id == group.Id))
                    .ToListAsync(token);
                context.Remove(group);
                var layers = await LayerStatements.OfGroup(context, group).ExecuteDeleteAsync(token);
                await RecordAsync(context, members, group, Changes.Left, layers > 0, by, token);
                return group;
            },
            cancellationToken
        );

    /// <summary>Puts devices into a group; those that are in it already stay. All of them, or none when one is not known.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="by">Who asks for it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<Group>> AddDevicesAsync(
        string organizationId,
        string name,
        IReadOnlyCollection<string> deviceIds,
        string by,
        CancellationToken cancellationToken
    ) =>
        ChangeMembersAsync(
            organizationId,
            name,
            deviceIds,
            by,
            (context, group, isMember, device) =>
            {
                if (!isMember)
                {
                    context.Add(new GroupMember { GroupId = group.Id, TwinId = device.Id });
                }

                return !isMember;
            },
            Changes.Joined,
            cancellationToken
        );

    /// <summary>Takes devices out of a group; those that are not in it stay out. All of them, or none when one is not known.</summary>
    /// <inheritdoc cref="AddDevicesAsync" />
    public Task<Outcome<Group>> RemoveDevicesAsync(
        string organizationId,
        string name,
        IReadOnlyCollection<string> deviceIds,
        string by,
        CancellationToken cancellationToken
    ) =>
        ChangeMembersAsync(
            organizationId,
            name,
            deviceIds,
            by,
            (context, group, isMember, device) =>
            {
                if (isMember)
                {
                    context.Remove(new GroupMember { GroupId = group.Id, TwinId = device.Id });
                }

                return isMember;
            },
            Changes.Left,
            cancellationToken
        );

    private Task<Outcome<Group>> ChangeAsync(
        string organizationId,
        string name,
        Func<TwinDbContext, Group, CancellationToken, Task<Outcome<Group>>> change,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync<Outcome<Group>>(
            async (context, token) =>
                await GroupStatements.LockAsync(context, organizationId, name, token) is { } group
                    ? await change(context, group, token)
                    : new GroupNotFound(name),
            cancellationToken
        );

    private async Task<Outcome<Group>> ChangeMembersAsync(
        string organizationId,
        string name,
        IReadOnlyCollection<string> deviceIds,
        string by,
        Func<TwinDbContext, Group, bool, Device, bool> change,
        Func<Device, Group, string, DateTime, TwinChange> record,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(deviceIds);
        if (deviceIds.Count is 0 or > Most)
        {
            return new InvalidInput("deviceIds", $"Name 1 to {Most} devices.");
        }

        return await ChangeAsync(
            organizationId,
            name,
            async (context, group, token) =>
            {
                var wanted = deviceIds.ToHashSet(StringComparer.Ordinal).ToArray();
                var devices = await context
                    .Devices.Where(device => device.OrganizationId == organizationId && device.DeletedAt == null)
                    .Where(device => wanted.Contains(device.DeviceId))
                    .ToListAsync(token);
                var found = devices.Select(device => device.DeviceId).ToHashSet(StringComparer.Ordinal);
                if (Array.Find(wanted, deviceId => !found.Contains(deviceId)) is { } missing)
                {
                    return new DeviceNotFound(missing);
                }

                var members = await context
                    .GroupMembers.Where(member => member.GroupId == group.Id)
                    .Select(member => member.TwinId)
                    .ToHashSetAsync(token);
                var changed = devices.FindAll(device => change(context, group, members.Contains(device.Id), device));
                var asksForSomething = await LayerStatements.OfGroup(context, group).AnyAsync(token);
                await RecordAsync(context, changed, group, record, asksForSomething, by, token);
                return group;
            },
            cancellationToken
        );
    }

    // What a group asks for holds for who is in it.
    private async Task RecordAsync(
        TwinDbContext context,
        IReadOnlyCollection<Device> devices,
        Group group,
        Func<Device, Group, string, DateTime, TwinChange> record,
        bool movesDesired,
        string by,
        CancellationToken cancellationToken
    )
    {
        if (movesDesired)
        {
            await SyncStates.MarkAsync(context, [.. devices.Select(device => device.Id)], by, cancellationToken);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var device in devices)
        {
            context.Add(record(device, group, by, now));
        }
    }
}
