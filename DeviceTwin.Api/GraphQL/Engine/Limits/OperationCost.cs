namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>What a part of a document costs, its fragments expanded.</summary>
/// <param name="Nodes">Selections in the text.</param>
/// <param name="Depth">Levels of fields.</param>
/// <param name="Nesting">Levels of fields, fragments and inline fragments: what every walk over the document recurses.</param>
/// <param name="Complexity">Fields touched, those of lists multiplied by the list's size.</param>
/// <param name="Introspection">The same for fields of the introspection, which have a budget of their own.</param>
/// <param name="Filters">What its filters hold. Lists do not multiply it: filters of a list's entries are one statement.</param>
internal readonly record struct OperationCost(
    int Nodes,
    int Depth,
    int Nesting,
    long Complexity,
    long Introspection,
    FilterCost Filters
)
{
    // Sums saturate far below where they would overflow: nothing above any limit needs telling apart.
    private const int Ceiling = 1_000_000_000;

    /// <summary>Two parts side by side.</summary>
    public OperationCost Plus(OperationCost other) =>
        new(
            Math.Min(Nodes + other.Nodes, Ceiling),
            Math.Max(Depth, other.Depth),
            Math.Max(Nesting, other.Nesting),
            Math.Min(Complexity + other.Complexity, Ceiling),
            Math.Min(Introspection + other.Introspection, Ceiling),
            Limit(Filters + other.Filters)
        );

    /// <summary>This part as what a fragment holds.</summary>
    public OperationCost InFragment() =>
        this with
        {
            Nodes = Math.Min(Nodes + 1, Ceiling),
            Nesting = Math.Min(Nesting + 1, Ceiling),
        };

    /// <summary>This part as what a field selects, of as many things as it gives.</summary>
    /// <param name="size">How many things.</param>
    /// <param name="isIntrospection">Whether the field is of the introspection.</param>
    /// <param name="arguments">What the filters in the field's arguments hold.</param>
    public OperationCost InField(int size, bool isIntrospection, FilterCost arguments) =>
        new(
            Math.Min(Nodes + 1, Ceiling),
            Math.Min(Depth + 1, Ceiling),
            Math.Min(Nesting + 1, Ceiling),
            Math.Min((Complexity * size) + (isIntrospection ? 0 : 1), Ceiling),
            Math.Min((Introspection * size) + (isIntrospection ? 1 : 0), Ceiling),
            Limit(Filters + arguments)
        );

    private static FilterCost Limit(FilterCost cost) =>
        new(Math.Min(cost.Conditions, Ceiling), Math.Min(cost.Values, Ceiling));
}
