using DeviceTwin.Api.GraphQL.Engine.Errors;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Nodes;

/// <summary>Finds nodes of any type by their global ids: one call to each type's resolver.</summary>
/// <param name="resolvers">The resolvers of the features.</param>
public sealed class NodeLookup(IEnumerable<INodeResolver> resolvers)
{
    /// <summary>How many ids one call may ask for.</summary>
    public const int Limit = 100;

    /// <summary>The nodes in the order of their ids; null for what is not there.</summary>
    /// <param name="ids">The ids as the caller gave them.</param>
    /// <param name="context">The field that asks.</param>
    /// <exception cref="CallerError">More than <see cref="Limit"/> ids.</exception>
    public async Task<IReadOnlyList<INode?>> FindAsync(IReadOnlyList<string> ids, IResolveFieldContext context)
    {
        if (ids.Count > Limit)
        {
            throw new CallerError(
                ErrorCodes.TooManyIds,
                $"At most {Limit} ids can be asked for at once; these are {ids.Count}."
            );
        }
        var found = new Dictionary<GlobalId, INode>();
        foreach (var group in ids.SelectMany(Decode).Distinct().GroupBy(id => id.TypeName, StringComparer.Ordinal))
        {
            var resolver = resolvers.FirstOrDefault(candidate => candidate.TypeName == group.Key);
            if (resolver is null)
            {
                continue;
            }
            foreach (var (id, node) in await resolver.ResolveAsync([.. group], context, context.CancellationToken))
            {
                found[id] = node;
            }
        }
        return [.. ids.Select(text => GlobalId.TryDecode(text, out var id) ? found.GetValueOrDefault(id) : null)];
    }

    private static IEnumerable<GlobalId> Decode(string text) =>
        GlobalId.TryDecode(text, out var id) ? [id] : Array.Empty<GlobalId>();
}
