using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Groups;

/// <summary>Loads groups.</summary>
/// <param name="store">The store.</param>
public sealed class GroupLoader(TwinStore store) : OrganizationLoader<GroupNode>(store, GroupNode.TypeName)
{
    /// <inheritdoc />
    protected override Task<Dictionary<string, GroupNode>> ReadAsync(
        TwinDbContext context,
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    ) =>
        caller
            .Groups(context, organizationId)
            .Where(group => names.Contains(group.Name))
            .ToDictionaryAsync(group => group.Name, group => new GroupNode(group), cancellationToken);
}
