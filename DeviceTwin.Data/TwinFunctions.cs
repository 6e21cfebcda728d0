using System.Reflection;

namespace DeviceTwin.Data;

/// <summary>Functions for queries; they run in the database.</summary>
public static class TwinFunctions
{
    internal const string JsonPathEqualsName = "json_path_equals";

    internal static readonly MethodInfo JsonPathEqualsMethod = typeof(TwinFunctions).GetMethod(nameof(JsonPathEquals))!;

    /// <summary>
    /// Whether the value at a path of a JSON document equals a JSON value: numbers by value (1 = 1.0), objects whatever the
    /// order of their keys. False where there is nothing at the path. A step into an array is an index, negative from its end.
    /// </summary>
    /// <param name="json">A column that holds JSON.</param>
    /// <param name="path">The keys, from the outermost; empty for the whole document.</param>
    /// <param name="value">Valid JSON text.</param>
    public static bool JsonPathEquals(string? json, string[] path, string value) =>
        throw new NotSupportedException($"{nameof(JsonPathEquals)} is for queries, it runs in the database.");
}
