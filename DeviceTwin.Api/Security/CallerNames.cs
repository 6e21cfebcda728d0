using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Security;

/// <summary>Names that stand for callers in the change log and the audit.</summary>
internal static class CallerNames
{
    /// <summary>Names that mean something else there.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
    [TwinChange.ByDevice, TwinChange.ByService, Caller.Anonymous.Name, Caller.Nobody.Name];

    /// <summary>Whether a caller may have this name: it can be stored and read, and is taken for nobody else.</summary>
    /// <param name="name">The name.</param>
    public static bool IsFree(string name) =>
        !string.IsNullOrWhiteSpace(name)
        && !name.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter))
        && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);
}
