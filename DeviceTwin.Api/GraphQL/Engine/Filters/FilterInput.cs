using System.Collections;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.InputObjects;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>
/// A filter or a part of one. Its size is bounded when it is parsed: <see cref="NodeLimit"/> conditions in all,
/// <see cref="ListLimit"/> entries in one list.
/// </summary>
public abstract class FilterInput : SuppliedInput
{
    /// <summary>How many filter objects and operations one filter may hold.</summary>
    public const int NodeLimit = 100;

    /// <summary>How many entries a list in a filter may hold.</summary>
    public const int ListLimit = 500;

    private int nodes;

    internal override void Accept(IDictionary<string, object?> fields)
    {
        base.Accept(fields);
        // Inner filters are parsed before outer ones: each only adds up what it holds.
        this.nodes = fields.Values.Sum(CountNodes);
        if (this.nodes > NodeLimit)
        {
            throw new CallerError(
                ErrorCodes.FilterTooLarge,
                $"A filter may hold {NodeLimit} conditions: use `in` for many values, or ask in parts."
            );
        }
    }

    private static int CountNodes(object? value) =>
        value switch
        {
            FilterInput filter => 1 + filter.nodes,
            string => 1,
            IEnumerable list => 1 + CountList(list),
            _ => 1,
        };

    private static int CountList(IEnumerable list)
    {
        var (entries, nodes) = (0, 0);
        foreach (var entry in list)
        {
            nodes += entry is FilterInput filter ? 1 + filter.nodes : 0;
            if (++entries > ListLimit)
            {
                throw new CallerError(
                    ErrorCodes.FilterTooLarge,
                    $"A list in a filter may hold {ListLimit} entries: ask in parts."
                );
            }
        }
        return nodes;
    }
}
