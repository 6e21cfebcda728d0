using System.Text.RegularExpressions;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Names that snaps can have.</summary>
public static partial class SnapNames
{
    /// <summary>
    /// Whether a snap can have this name, as snapd reads it: 1 to 40 lower-case letters, digits and single hyphens within, at
    /// least one a letter; an instance of a snap has <c>_</c> and a key of 1 to 10 letters or digits behind it.
    /// </summary>
    /// <param name="name">The name.</param>
    public static bool IsValid(string? name) => Names.IsValid(name) && Snap().IsMatch(name!);

    // Linear: after a hyphen there is one way on.
    [GeneratedRegex(
        @"^(?=[a-z0-9-]{1,40}(?:_|\z))(?=[0-9-]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*(?:_[a-z0-9]{1,10})?\z",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Snap();
}
