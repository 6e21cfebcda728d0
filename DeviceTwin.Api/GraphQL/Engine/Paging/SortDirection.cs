using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>Which way to sort.</summary>
[Name("SortEnumType")]
public enum SortDirection
{
    /// <summary>The smallest first; null before all.</summary>
    Asc,

    /// <summary>The greatest first; null after all.</summary>
    Desc,
}
