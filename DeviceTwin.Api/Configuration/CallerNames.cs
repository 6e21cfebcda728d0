using System.Globalization;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Configuration;

/// <summary>Names that stand for callers in the change log and the audit.</summary>
internal static class CallerNames
{
    /// <summary>The caller where nobody authenticates.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>A caller that was not recognised.</summary>
    public const string Nobody = "nobody";

    /// <summary>Names that mean something else there.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
    [TwinChange.ByDevice, TwinChange.ByService, Anonymous, Nobody];

    // A log line stays one that can be read.
    private const int Longest = 200;

    /// <summary>Whether a caller may have this name: it can be stored and read, and is taken for nobody else.</summary>
    /// <param name="name">The name.</param>
    public static bool IsFree(string name) =>
        !string.IsNullOrWhiteSpace(name)
        && name.Length <= Longest
        && name.Trim().Length == name.Length
        && !name.Any(IsUnseen)
        && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    // With such letters a name could look like another one.
    private static bool IsUnseen(char letter) =>
        char.GetUnicodeCategory(letter)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;
}
