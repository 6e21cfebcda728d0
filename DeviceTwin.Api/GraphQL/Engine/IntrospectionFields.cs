using GraphQL.Resolvers;
using GraphQL.Types;
using GraphQL.Utilities;

namespace DeviceTwin.Api.GraphQL.Engine;

/// <summary>
/// What tools ask in their introspection and GraphQL.NET does not have: <c>specifiedByURL</c> of types, and which directives and
/// arguments of directives are deprecated. No scalar names a specification, and nothing of a directive is deprecated.
/// </summary>
internal sealed class IntrospectionFields : BaseSchemaNodeVisitor
{
    private const string IncludeDeprecated = "includeDeprecated";

    /// <inheritdoc/>
    public override void VisitObject(IObjectGraphType type, ISchema schema)
    {
        switch (type.Name)
        {
            case "__Type":
                Add(type, "specifiedByURL", "Where a scalar is specified; null where nobody says.", Named("String"));
                AddArgument("inputFields");
                break;
            case "__Field":
                AddArgument("args");
                break;
            case "__Directive":
                AddArgument("args");
                Add(type, "isDeprecated", "Always false.", new NonNullGraphType(Named("Boolean")), value: false);
                Add(type, "deprecationReason", "Always null.", Named("String"));
                break;
            case "__Schema":
                AddArgument("directives");
                break;
        }

        IGraphType Named(string name) => schema.AllTypes[name]!;

        void AddArgument(string field)
        {
            var found = type.Fields.Find(field)!;
            found.Arguments ??= [];
            if (found.Arguments.Find(IncludeDeprecated) is null)
            {
                found.Arguments.Add(
                    new QueryArgument(Named("Boolean"))
                    {
                        Name = IncludeDeprecated,
                        Description = "Whether to list what is deprecated, too.",
                        DefaultValue = false,
                    }
                );
            }
        }
    }

    private static void Add(
        IObjectGraphType type,
        string name,
        string description,
        IGraphType fieldType,
        object? value = null
    ) =>
        type.AddField(
            new FieldType
            {
                Name = name,
                Description = description,
                ResolvedType = fieldType,
                Resolver = new FuncFieldResolver<object?>(_ => value),
            }
        );
}
