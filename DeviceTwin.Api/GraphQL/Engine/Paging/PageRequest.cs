using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>Which page is asked for: how many rows, from which end, behind or before which row.</summary>
public sealed record PageRequest
{
    private PageRequest(int size, bool isBackward, string? cursor)
    {
        Size = size;
        IsBackward = isBackward;
        Cursor = cursor;
    }

    /// <summary>How many rows at most; 0 is allowed and useful for <c>totalCount</c> alone.</summary>
    public int Size { get; }

    /// <summary>Whether the page is the last rows (before the cursor) rather than the first (after it).</summary>
    public bool IsBackward { get; }

    /// <summary>The row that the page ends before or begins after; null for the list's end or begin.</summary>
    public string? Cursor { get; }

    /// <summary>Reads the four arguments of a connection field.</summary>
    /// <param name="first">How many of the first rows.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="last">How many of the last rows.</param>
    /// <param name="before">The cursor that <paramref name="last"/> counts back from.</param>
    /// <param name="limits">The largest page and the page when none is asked for.</param>
    /// <exception cref="CallerError">They make no sense together: <see cref="ErrorCodes.InvalidPaging"/>.</exception>
    public static PageRequest Read(int? first, string? after, int? last, string? before, GraphQLSettings limits)
    {
        if (first is not null && last is not null)
        {
            throw Invalid("Give `first` or `last`, not both.");
        }
        if (after is not null && (last is not null || before is not null))
        {
            throw Invalid("`after` goes with `first`: take it out, or `last` and `before`.");
        }
        if (before is not null && last is null)
        {
            throw Invalid("`before` goes with `last`: say with `last` how many rows before it.");
        }
        return last is null
            ? new PageRequest(CheckSize("first", first ?? DefaultSize(limits), limits), isBackward: false, after)
            : new PageRequest(CheckSize("last", last.Value, limits), isBackward: true, before);
    }

    private static int DefaultSize(GraphQLSettings limits) => Math.Min(limits.PageDefault, limits.PageLimit);

    private static int CheckSize(string argument, int size, GraphQLSettings limits) =>
        size >= 0 && size <= limits.PageLimit
            ? size
            : throw Invalid($"`{argument}` is between 0 and {limits.PageLimit} (graphql.page.limit); this is {size}.");

    private static CallerError Invalid(string message) => new(ErrorCodes.InvalidPaging, message);
}
