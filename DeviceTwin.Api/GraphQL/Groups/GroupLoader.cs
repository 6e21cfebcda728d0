using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using GraphQL;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Groups;

/// <summary>Loads groups by organization and name, for callers that may see the organization.</summary>
/// <param name="store">The store.</param>
public sealed class GroupLoader(TwinStore store)
    : BatchLoader<(Caller Caller, string OrganizationId, string Name), GroupNode>
{
    /// <inheritdoc />
    protected override async Task<
        IReadOnlyDictionary<(Caller Caller, string OrganizationId, string Name), GroupNode>
    > FetchAsync(
        IReadOnlyList<(Caller Caller, string OrganizationId, string Name)> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var found = new Dictionary<(Caller, string, string), GroupNode>();
        foreach (var wanted in keys.GroupBy(key => (key.Caller, key.OrganizationId)))
        {
            var names = wanted.Select(key => key.Name).ToArray();
            var groups = await wanted
                .Key.Caller.Groups(context, wanted.Key.OrganizationId)
                .Where(group => names.Contains(group.Name))
                .ToListAsync(cancellationToken);
            foreach (var group in groups)
            {
                found.Add((wanted.Key.Caller, group.OrganizationId, group.Name), new GroupNode(group));
            }
        }

        return found;
    }
}

/// <summary>Finds groups by their global ids.</summary>
/// <param name="loader">Reads groups.</param>
public sealed class GroupNodeResolver(GroupLoader loader) : INodeResolver
{
    /// <inheritdoc />
    public string TypeName => GroupNode.TypeName;

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<GlobalId, INode>> ResolveAsync(
        IReadOnlyList<GlobalId> ids,
        IResolveFieldContext context,
        CancellationToken cancellationToken
    ) => loader.FindNodesAsync(ids, parts => (context.Caller(), parts[0], parts[1]), cancellationToken);
}
