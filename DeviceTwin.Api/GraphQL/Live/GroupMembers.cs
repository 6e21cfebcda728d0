using System.Collections.Immutable;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>
/// Who is in a group at a place in the change log, followed from change to change: a stream that is limited to the group tells
/// what its members did while they were in it, however late it comes to tell it. May be asked while it follows.
/// </summary>
public sealed class GroupMembers
{
    private readonly string group;
    private volatile ImmutableHashSet<string> devices;

    private GroupMembers(string group, ImmutableHashSet<string> devices)
    {
        this.group = group;
        this.devices = devices;
    }

    /// <summary>The changes with which a device comes into a group, or goes out of it.</summary>
    public const ChangeKinds Moves = ChangeKinds.Groups | ChangeKinds.Deleted;

    /// <summary>Reads who was in a group at a place in the log; nobody where there was no such group.</summary>
    /// <param name="store">The store.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="position">The place; the log keeps all that came after it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<GroupMembers> ReadAsync(
        TwinStore store,
        string organizationId,
        string group,
        ChangePosition position,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var context = await store.OpenAsync(cancellationToken);
        var ids = await context
            .Groups.Where(row => row.OrganizationId == organizationId && row.Name == group)
            .SelectMany(row => row.Devices)
            .Select(device => device.DeviceId)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

        // Read after the members, so that no move between the two readings is missed: undoing one twice does no harm.
        var moves = await ChangeStatements
            .GroupMovesAfter(context, organizationId, position)
            .ToListAsync(cancellationToken);
        for (var index = moves.Count - 1; index >= 0; index--)
        {
            if (Names(moves[index].GroupsJoined, group))
            {
                ids.Remove(moves[index].DeviceId);
            }
            else if (Names(moves[index].GroupsLeft, group))
            {
                ids.Add(moves[index].DeviceId);
            }
        }

        return new GroupMembers(group, ids.ToImmutableHashSet(StringComparer.Ordinal));
    }

    /// <summary>Whether a device is in the group.</summary>
    /// <param name="deviceId">The device.</param>
    public bool Contains(string deviceId) => devices.Contains(deviceId);

    /// <summary>Goes on to the next change. One call after the other.</summary>
    /// <param name="change">The change, of the group's organization.</param>
    public void Follow(TwinChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (Names(change.GroupsJoined, group))
        {
            devices = devices.Add(change.DeviceId);
        }
        else if (Names(change.GroupsLeft, group))
        {
            devices = devices.Remove(change.DeviceId);
        }
    }

    private static bool Names(IReadOnlyList<string>? groups, string group) =>
        groups is not null && groups.Contains(group, StringComparer.Ordinal);
}
