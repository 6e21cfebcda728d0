using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>Reads who is in a group, for streams that are limited to it.</summary>
/// <param name="store">The store.</param>
public sealed class GroupMembers(TwinStore store)
{
    /// <summary>The changes after which somebody may be in the group, or out of it.</summary>
    public const ChangeKinds Moves = ChangeKinds.Groups | ChangeKinds.Deleted;

    /// <summary>The group's devices; none where there is no such group.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlySet<string>> ReadAsync(
        string organizationId,
        string group,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .Groups.Where(row => row.OrganizationId == organizationId && row.Name == group)
            .SelectMany(row => row.Devices)
            .Select(device => device.DeviceId)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
    }
}
