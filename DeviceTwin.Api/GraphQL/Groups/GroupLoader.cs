using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Groups;

/// <summary>Loads groups.</summary>
/// <param name="store">The store.</param>
public sealed class GroupLoader(TwinStore store) : OrganizationLoader<GroupNode>(GroupNode.TypeName)
{
    /// <inheritdoc />
    protected override async Task<Dictionary<string, GroupNode>> ReadAsync(
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await caller
            .Groups(context, organizationId)
            .Where(group => names.Contains(group.Name))
            .ToDictionaryAsync(group => group.Name, group => new GroupNode(group), cancellationToken);
    }
}
