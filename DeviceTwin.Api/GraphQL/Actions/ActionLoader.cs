using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using GraphQL;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>Loads actions by organization and action id, for callers that may see the organization.</summary>
/// <param name="store">The store.</param>
public sealed class ActionLoader(TwinStore store)
    : BatchLoader<(Caller Caller, string OrganizationId, string ActionId), ActionNode>
{
    /// <inheritdoc />
    protected override async Task<
        IReadOnlyDictionary<(Caller Caller, string OrganizationId, string ActionId), ActionNode>
    > FetchAsync(
        IReadOnlyList<(Caller Caller, string OrganizationId, string ActionId)> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var found = new Dictionary<(Caller, string, string), ActionNode>();
        foreach (var wanted in keys.GroupBy(key => (key.Caller, key.OrganizationId)))
        {
            var actionIds = wanted.Select(key => key.ActionId).ToArray();
            var actions = await wanted
                .Key.Caller.Actions(context, wanted.Key.OrganizationId)
                .Where(action => actionIds.Contains(action.ActionId))
                .ToListAsync(cancellationToken);
            foreach (var action in actions)
            {
                found.Add((wanted.Key.Caller, action.OrganizationId, action.ActionId), new ActionNode(action));
            }
        }

        return found;
    }
}

/// <summary>Finds actions by their global ids.</summary>
/// <param name="loader">Reads actions.</param>
public sealed class ActionNodeResolver(ActionLoader loader) : INodeResolver
{
    /// <inheritdoc />
    public string TypeName => ActionNode.TypeName;

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<GlobalId, INode>> ResolveAsync(
        IReadOnlyList<GlobalId> ids,
        IResolveFieldContext context,
        CancellationToken cancellationToken
    ) => loader.FindNodesAsync(ids, parts => (context.Caller(), parts[0], parts[1]), cancellationToken);
}
