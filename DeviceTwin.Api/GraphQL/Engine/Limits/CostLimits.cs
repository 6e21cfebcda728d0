using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using GraphQL;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>Refuses documents that would cost too much, before they are validated.</summary>
/// <param name="schema">The schema.</param>
/// <param name="settings">The limits.</param>
public sealed class CostLimits(ISchema schema, Settings settings)
{
    /// <summary>What the introspection may cost: some more than what the usual tools ask for.</summary>
    private const int IntrospectionLimit = 60_000;

    /// <summary>How deep fragments and fields may nest in each other; the engine's own rules recurse as deep.</summary>
    private const int NestingLimit = 100;

    /// <summary>Checks a document.</summary>
    /// <param name="document">The document, not yet validated.</param>
    /// <param name="variables">Its variables, not yet validated.</param>
    /// <param name="introspection">Whether the schema may be asked for; <c>__typename</c> always may.</param>
    /// <exception cref="RefusedRequestError">It costs too much; the code says of what.</exception>
    public void Check(GraphQLDocument document, Inputs variables, bool introspection)
    {
        schema.Initialize();
        var limits = settings.GraphQL;
        foreach (var cost in new CostCounter(schema, document, variables, limits).Count())
        {
            if (cost.Introspection > 0 && !introspection)
            {
                throw new RefusedRequestError(
                    ErrorCodes.IntrospectionDisabled,
                    "`__schema` and `__type` are not answered to you (graphql.introspection)."
                );
            }
            Check(ErrorCodes.TooManyNodes, "nodes, its fragments expanded (graphql.nodes)", cost.Nodes, limits.Nodes);
            Check(ErrorCodes.TooDeep, "levels of fields (graphql.depth)", cost.Depth, limits.Depth);
            Check(ErrorCodes.TooDeep, "levels of fields and fragments", cost.Nesting, NestingLimit);
            Check(
                ErrorCodes.TooComplex,
                "fields to resolve, lists multiplied by their page size (graphql.complexity): ask for smaller pages or fewer fields",
                cost.Complexity,
                limits.Complexity
            );
            Check(
                ErrorCodes.FilterTooLarge,
                "conditions in its filters (graphql.filter.conditions): use `in` for many values, or ask in parts",
                cost.Filters.Conditions,
                limits.FilterConditions
            );
            Check(
                ErrorCodes.FilterTooLarge,
                "values in its filters, a variable counted each time that it is used (graphql.filter.values): ask in parts",
                cost.Filters.Values,
                limits.FilterValues
            );
            Check(ErrorCodes.TooComplex, "fields of introspection to resolve", cost.Introspection, IntrospectionLimit);
        }
    }

    private static void Check(string code, string what, long cost, long limit)
    {
        if (cost > limit)
        {
            throw new RefusedRequestError(code, $"An operation has {cost} and may have {limit} {what}.");
        }
    }
}
