using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>
/// Says of a condition in a filter that it costs as much as several: one on rows of another table is a subquery, and PostgreSQL's time
/// to plan a statement grows faster than their number.
/// </summary>
/// <param name="conditions">How many conditions it counts as.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilterWeightAttribute(int conditions) : GraphQLAttribute
{
    /// <summary>The weight of a subquery.</summary>
    public const int Subquery = 10;

    private const string Key = "deviceTwin.filterWeight";

    /// <summary>How many conditions it counts as.</summary>
    public int Conditions { get; } = conditions;

    /// <inheritdoc/>
    public override void Modify(FieldType fieldType, bool isInputType) => fieldType.Metadata[Key] = Conditions;

    /// <summary>How many conditions a field counts as.</summary>
    /// <param name="field">The field; null where there is none.</param>
    internal static int Of(IFieldType? field) => field?.GetMetadata(Key, 1) ?? 1;
}
