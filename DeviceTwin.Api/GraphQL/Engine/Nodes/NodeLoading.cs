using DeviceTwin.Api.GraphQL.Engine.Loading;

namespace DeviceTwin.Api.GraphQL.Engine.Nodes;

/// <summary>Finds nodes whose key has two parts (an organization and a name in it) through the loader of their type.</summary>
public static class NodeLoading
{
    /// <summary>Finds the nodes in one batch; forged ids find nothing.</summary>
    /// <param name="loader">The loader.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="keyOf">Makes the loader's key of the two parts.</param>
    /// <param name="cancellationToken">Cancelled with the request.</param>
    public static async Task<IReadOnlyDictionary<GlobalId, INode>> FindNodesAsync<TKey, TNode>(
        this BatchLoader<TKey, TNode> loader,
        IReadOnlyList<GlobalId> ids,
        Func<IReadOnlyList<string>, TKey> keyOf,
        CancellationToken cancellationToken
    )
        where TKey : notnull
        where TNode : class, INode
    {
        ArgumentNullException.ThrowIfNull(loader);
        // All keys are in the batch before the first result is awaited, which closes it.
        var pending = ids.Where(id => id.Parts.Count == 2)
            .Select(id => (Id: id, Node: loader.Load(keyOf(id.Parts))))
            .ToList();
        var found = new Dictionary<GlobalId, INode>();
        foreach (var (id, node) in pending)
        {
            if (await node.GetResultAsync(cancellationToken) is { } value)
            {
                found.Add(id, value);
            }
        }

        return found;
    }
}
