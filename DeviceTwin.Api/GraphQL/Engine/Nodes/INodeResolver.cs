using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Nodes;

/// <summary>Finds the nodes of one type. Each feature registers its own: <c>AddScoped&lt;INodeResolver, …&gt;()</c>.</summary>
public interface INodeResolver
{
    /// <summary>The GraphQL type, as in its ids.</summary>
    string TypeName { get; }

    /// <summary>Finds nodes in one go; leaves out what does not exist or what the caller may not see.</summary>
    /// <param name="ids">Distinct ids of this type; what stands inside may still be nonsense.</param>
    /// <param name="context">The field that asks: who calls, with which services.</param>
    /// <param name="cancellationToken">Cancelled with the request.</param>
    Task<IReadOnlyDictionary<GlobalId, INode>> ResolveAsync(
        IReadOnlyList<GlobalId> ids,
        IResolveFieldContext context,
        CancellationToken cancellationToken
    );
}
