using DeviceTwin.Api.GraphQL.Engine.Nodes;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

/// <summary>What can be asked. Each feature adds its fields in its own part of this class; all are static.</summary>
public sealed partial class Query
{
    /// <summary>Who is asking, and what they may.</summary>
    /// <param name="context">The field.</param>
    public static CallerNode Caller(IResolveFieldContext context)
    {
        var caller = context.Caller();
        return new CallerNode(caller.Name, caller.Role);
    }

    /// <summary>The thing with this global id; null when it does not exist or the caller may not see it.</summary>
    /// <param name="id">A global id.</param>
    /// <param name="lookup">Finds nodes.</param>
    /// <param name="context">The field.</param>
    public static async Task<INode?> NodeAsync(
        [Id] string id,
        [FromServices] NodeLookup lookup,
        IResolveFieldContext context
    ) => (await lookup.FindAsync([id], context))[0];

    /// <summary>The things with these global ids, in the same order; at most 100.</summary>
    /// <param name="ids">Global ids.</param>
    /// <param name="lookup">Finds nodes.</param>
    /// <param name="context">The field.</param>
    public static async Task<IEnumerable<INode?>> NodesAsync(
        [Id] IReadOnlyList<string> ids,
        [FromServices] NodeLookup lookup,
        IResolveFieldContext context
    ) => await lookup.FindAsync(ids, context);
}
