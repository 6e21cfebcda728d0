using GraphQL;
using GraphQL.Resolvers;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>A root field behind its gate. Behind a subscription's field it is asked for each event, so that rights hold to the end.</summary>
/// <param name="inner">The field's own resolver.</param>
/// <param name="gate">Asks for the role.</param>
/// <param name="audit">Told what came of it; null where nothing is changed.</param>
internal sealed class GuardedResolver(IFieldResolver inner, RoleGate gate, MutationAudit? audit) : IFieldResolver
{
    /// <inheritdoc />
    public ValueTask<object?> ResolveAsync(IResolveFieldContext context)
    {
        gate.Check(context);
        return audit is null ? inner.ResolveAsync(context) : audit.RunAsync(context, inner);
    }
}

/// <summary>A subscription behind its gate.</summary>
/// <param name="inner">The field's own resolver.</param>
/// <param name="gate">Asks for the role.</param>
internal sealed class GuardedStreamResolver(ISourceStreamResolver inner, RoleGate gate) : ISourceStreamResolver
{
    /// <inheritdoc />
    public ValueTask<IObservable<object?>> ResolveAsync(IResolveFieldContext context)
    {
        gate.Check(context);
        return inner.ResolveAsync(context);
    }
}
