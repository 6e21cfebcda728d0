using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Filters;
using GraphQL;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>What filters cost the store.</summary>
/// <param name="Conditions">Fields of filter objects, and filter objects in lists.</param>
/// <param name="Values">What fields are compared with, each entry of a list.</param>
internal readonly record struct FilterCost(long Conditions, long Values)
{
    public static FilterCost operator +(FilterCost left, FilterCost right) =>
        new(left.Conditions + right.Conditions, left.Values + right.Values);
}

/// <summary>
/// Counts what an operation's filters hold, wherever they stand in its arguments. A variable counts each time that it is used, but is walked once.
/// </summary>
/// <param name="variables">The operation's variables, not yet validated.</param>
/// <param name="textLimit">The longest text in a filter, in characters.</param>
internal sealed class FilterCounter(Inputs variables, int textLimit)
{
    private static readonly FilterCost Condition = new(1, 0);
    private static readonly FilterCost Value = new(0, 1);

    private readonly Dictionary<(string Variable, IGraphType? Type, bool InFilter), FilterCost> counted = [];

    /// <summary>What an argument costs.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="type">Its type; null where it has none.</param>
    /// <param name="operation">Declares the variables.</param>
    /// <exception cref="RefusedRequestError">A text is too long.</exception>
    public FilterCost Count(GraphQLValue value, IGraphType? type, GraphQLOperationDefinition? operation) =>
        CountLiteral(value, type?.GetNamedType(), operation, inFilter: false);

    private FilterCost CountLiteral(
        GraphQLValue value,
        IGraphType? type,
        GraphQLOperationDefinition? operation,
        bool inFilter
    )
    {
        inFilter |= IsFilter(type);
        var cost = default(FilterCost);
        switch (value)
        {
            case GraphQLVariable variable:
                return CountVariable(variable.Name.StringValue, type, operation, inFilter);
            case GraphQLListValue list:
                foreach (var item in list.Values ?? [])
                {
                    cost +=
                        CountLiteral(item, type, operation, inFilter) + InList(item is GraphQLObjectValue, inFilter);
                }

                return cost;
            case GraphQLObjectValue fields:
                foreach (var field in fields.Fields ?? [])
                {
                    cost += OfField(field.Name.StringValue, type, inFilter);
                    cost += CountLiteral(field.Value, TypeOf(type, field.Name.StringValue), operation, inFilter);
                }

                return cost;
            case GraphQLStringValue text when inFilter:
                CheckText(text.Value.Length);
                break;
        }

        return inFilter ? Value : default;
    }

    private FilterCost CountVariable(
        string name,
        IGraphType? type,
        GraphQLOperationDefinition? operation,
        bool inFilter
    )
    {
        if (!counted.TryGetValue((name, type, inFilter), out var cost))
        {
            cost = variables.TryGetValue(name, out var given)
                ? CountValue(given, type, inFilter)
                : CountDefault(name, type, operation, inFilter);
            counted[(name, type, inFilter)] = cost;
        }

        return cost;
    }

    // The default of a variable holds no variables.
    private FilterCost CountDefault(
        string name,
        IGraphType? type,
        GraphQLOperationDefinition? operation,
        bool inFilter
    ) =>
        operation?.Variables?.Items.Find(declared => declared.Variable.Name.StringValue == name)?.DefaultValue
            is { } value
                and not GraphQLVariable
            ? CountLiteral(value, type, operation: null, inFilter)
            : default;

    private FilterCost CountValue(object? value, IGraphType? type, bool inFilter)
    {
        inFilter |= IsFilter(type);
        var cost = default(FilterCost);
        switch (value)
        {
            case IEnumerable<KeyValuePair<string, object?>> fields:
                foreach (var (name, field) in fields)
                {
                    cost += OfField(name, type, inFilter) + CountValue(field, TypeOf(type, name), inFilter);
                }

                return cost;
            case string text:
                if (inFilter)
                {
                    CheckText(text.Length);
                }

                break;
            case System.Collections.IEnumerable list:
                foreach (var item in list)
                {
                    cost +=
                        CountValue(item, type, inFilter)
                        + InList(item is IEnumerable<KeyValuePair<string, object?>>, inFilter);
                }

                return cost;
        }

        return inFilter ? Value : default;
    }

    private static FilterCost InList(bool isObject, bool inFilter) => isObject && inFilter ? Condition : default;

    private FilterCost OfField(string name, IGraphType? type, bool inFilter)
    {
        if (!inFilter)
        {
            return default;
        }

        CheckText(name.Length);
        // The fields of a JSON value are no conditions, but a part of what is compared.
        return type is ScalarGraphType
            ? Value
            : new FilterCost(FilterWeightAttribute.Of((type as IInputObjectGraphType)?.Fields.Find(name)), 0);
    }

    private void CheckText(int length)
    {
        if (length > textLimit)
        {
            throw new RefusedRequestError(
                ErrorCodes.FilterTooLarge,
                $"A text in a filter has {length} characters and may have {textLimit} (graphql.filter.text)."
            );
        }
    }

    private static IGraphType? TypeOf(IGraphType? type, string field) =>
        type is IInputObjectGraphType input ? input.Fields.Find(field)?.ResolvedType?.GetNamedType() : type;

    private static bool IsFilter(IGraphType? type) =>
        type is IInputObjectGraphType
        && type.GetType() is { IsGenericType: true } generic
        && generic.GenericTypeArguments[0].IsSubclassOf(typeof(FilterInput));
}
