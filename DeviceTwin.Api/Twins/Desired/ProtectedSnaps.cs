using System.IO.Enumeration;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>The snaps that nobody can make ABSENT: a device without them would not start, or not be heard again.</summary>
/// <param name="names">Names, in which <c>*</c> stands for any text, e.g. <c>*-kernel</c>.</param>
public sealed class ProtectedSnaps(IEnumerable<string> names)
{
    private readonly string[] _names = [.. names];

    /// <summary>Whether a snap is protected.</summary>
    /// <param name="snap">The snap's name.</param>
    public bool Contains(string snap) =>
        Array.Exists(_names, name => FileSystemName.MatchesSimpleExpression(name, snap, ignoreCase: false));

    /// <summary>Those that the settings name.</summary>
    /// <param name="settings">How desired state becomes true.</param>
    public static ProtectedSnaps Of(DesiredSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        const StringSplitOptions Tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return new ProtectedSnaps(settings.ProtectedSnaps.Split(',', Tidy));
    }
}
