using System.Linq.Expressions;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>
/// Conditions on a part of a text. SQLite's LIKE ignores the case of letters and PostgreSQL's does not, so begin and end
/// are compared once more; the first comparison is there for indexes.
/// </summary>
internal static class TextConditions
{
    public static Expression<Func<string?, bool>> Contains(string? part) =>
        part is null ? ValueConditions.Nothing<string?>() : text => text != null && text.Contains(part);

    public static Expression<Func<string?, bool>> StartsWith(string? part)
    {
        if (part is null)
        {
            return ValueConditions.Nothing<string?>();
        }
        var length = Characters(part);
        return text => text != null && text.StartsWith(part) && text.Substring(0, length) == part;
    }

    public static Expression<Func<string?, bool>> EndsWith(string? part)
    {
        if (part is null)
        {
            return ValueConditions.Nothing<string?>();
        }
        var length = Characters(part);
        return text => text != null && text.EndsWith(part) && text.Substring(text.Length - length) == part;
    }

    // Databases count characters where .NET counts UTF-16 units.
    private static int Characters(string text) => text.EnumerateRunes().Count();
}
