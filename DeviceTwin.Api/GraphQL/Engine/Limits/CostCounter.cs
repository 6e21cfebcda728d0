using System.Globalization;
using DeviceTwin.Api.Configuration;
using GraphQL;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>
/// Counts what a document costs before anything else looks at it. Each fragment is counted once, so that fragments that
/// double each other cost as little as their text is short. Runs on documents that are not validated yet.
/// </summary>
internal sealed class CostCounter(ISchema schema, GraphQLDocument document, Inputs variables, GraphQLSettings limits)
{
    /// <summary>What a list counts whose size nobody asked for.</summary>
    private const int DefaultListSize = 20;

    /// <summary>What a list of the introspection counts: types, fields of a type, arguments of a field.</summary>
    private const int IntrospectionListSize = 10;

    private readonly Dictionary<string, GraphQLFragmentDefinition> fragments = document
        .Definitions.OfType<GraphQLFragmentDefinition>()
        .GroupBy(fragment => fragment.FragmentName.Name.StringValue, StringComparer.Ordinal)
        .ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);

    private readonly Dictionary<string, OperationCost> counted = new(StringComparer.Ordinal);

    private FilterCounter filters = new(variables, limits.FilterText);

    private GraphQLOperationDefinition? counting;

    /// <summary>The costs of every operation and every fragment, used or not: validation walks through all of them.</summary>
    public IEnumerable<OperationCost> Count()
    {
        foreach (var operation in document.Definitions.OfType<GraphQLOperationDefinition>())
        {
            counting = operation;
            // Variables belong to operations, and fragments may use them.
            counted.Clear();
            filters = new FilterCounter(variables, limits.FilterText);
            yield return Count(operation.SelectionSet, RootOf(operation));
            foreach (var fragment in fragments.Values)
            {
                yield return Count(fragment);
            }
        }
    }

    private IObjectGraphType? RootOf(GraphQLOperationDefinition operation) =>
        operation.Operation switch
        {
            OperationType.Mutation => schema.Mutation,
            OperationType.Subscription => schema.Subscription,
            _ => schema.Query,
        };

    private OperationCost Count(GraphQLSelectionSet? selections, IGraphType? type)
    {
        var cost = default(OperationCost);
        foreach (var selection in selections?.Selections ?? [])
        {
            cost = cost.Plus(
                selection switch
                {
                    GraphQLField field => Count(field, type),
                    GraphQLInlineFragment inline => Count(
                            inline.SelectionSet,
                            inline.TypeCondition is null ? type : Find(inline.TypeCondition)
                        )
                        .InFragment(),
                    GraphQLFragmentSpread spread
                        when fragments.TryGetValue(spread.FragmentName.Name.StringValue, out var fragment) => Count(
                            fragment
                        )
                        .InFragment(),
                    _ => default(OperationCost).InFragment(),
                }
            );
        }
        return cost;
    }

    private OperationCost Count(GraphQLFragmentDefinition fragment)
    {
        var name = fragment.FragmentName.Name.StringValue;
        if (counted.TryGetValue(name, out var known))
        {
            return known;
        }
        // A fragment within itself counts nothing here; a rule of GraphQL rejects it later.
        counted[name] = default;
        var cost = Count(fragment.SelectionSet, Find(fragment.TypeCondition));
        counted[name] = cost;
        return cost;
    }

    private OperationCost Count(GraphQLField field, IGraphType? parent)
    {
        var definition = DefinitionOf(field, parent);
        var type = definition?.ResolvedType?.GetNamedType();
        var isIntrospection = IsIntrospection(type) || IsIntrospection(parent);
        return Count(field.SelectionSet, type)
            .InField(SizeOf(field, definition, parent, isIntrospection), isIntrospection, FiltersOf(field, definition));
    }

    private FilterCost FiltersOf(GraphQLField field, FieldType? definition)
    {
        var cost = default(FilterCost);
        foreach (var argument in field.Arguments?.Items ?? [])
        {
            var type = definition?.Arguments?.Find(argument.Name.StringValue)?.ResolvedType;
            cost += filters.Count(argument.Value, type, counting);
        }

        return cost;
    }

    private FieldType? DefinitionOf(GraphQLField field, IGraphType? parent)
    {
        var name = field.Name.StringValue;
        return name switch
        {
            "__schema" => schema.SchemaMetaFieldType,
            "__type" => schema.TypeMetaFieldType,
            "__typename" => schema.TypeNameMetaFieldType,
            _ => (parent as IComplexGraphType)?.Fields.Find(name),
        };
    }

    /// <summary>How many things a field gives: the page that is asked for, or a guess where it is a list.</summary>
    private int SizeOf(GraphQLField field, FieldType? definition, IGraphType? parent, bool isIntrospection)
    {
        if (definition?.Arguments?.Find("first") is not null)
        {
            var asked = Argument(field, "first") ?? Argument(field, "last") ?? DefaultOf(definition);
            return Math.Clamp(asked, 1, limits.PageLimit);
        }
        if (!IsList(definition?.ResolvedType) || IsOfPage(parent))
        {
            return 1;
        }
        return isIntrospection ? IntrospectionListSize : DefaultListSize;
    }

    private int DefaultOf(FieldType definition) =>
        definition.Arguments?.Find("first")?.DefaultValue is int size ? size : limits.PageDefault;

    private int? Argument(GraphQLField field, string name)
    {
        var value = field.Arguments?.Items.FirstOrDefault(argument => argument.Name.StringValue == name)?.Value;
        if (value is GraphQLVariable variable)
        {
            var variableName = variable.Name.StringValue;
            if (variables.TryGetValue(variableName, out var given))
            {
                // Anything else than a number is rejected later; as the largest page it hides nothing.
                return given is null ? null : given as int? ?? limits.PageLimit;
            }
            value = this
                .counting?.Variables?.Items.FirstOrDefault(declared =>
                    declared.Variable.Name.StringValue == variableName
                )
                ?.DefaultValue;
        }
        return value is not GraphQLIntValue number ? null
            : int.TryParse(number.Value.Span, CultureInfo.InvariantCulture, out var size) ? size
            : limits.PageLimit;
    }

    // Nodes and edges are what the connection's own page was counted for.
    private static bool IsOfPage(IGraphType? parent) =>
        parent?.Name.EndsWith("Connection", StringComparison.Ordinal) == true;

    private static bool IsIntrospection(IGraphType? type) =>
        type?.Name.StartsWith("__", StringComparison.Ordinal) == true;

    private static bool IsList(IGraphType? type) =>
        type is ListGraphType || (type is NonNullGraphType required && required.ResolvedType is ListGraphType);

    private IGraphType? Find(GraphQLTypeCondition condition) => schema.AllTypes[condition.Type.Name.StringValue];
}
