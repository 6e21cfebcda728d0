using System.Text.Json.Serialization;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What a layer says of one snap; null where it says nothing, so that a weaker layer's word stays in force.</summary>
/// <param name="Name">The snap's name.</param>
/// <param name="Presence">Whether it is to be installed.</param>
/// <param name="Channel">The channel to track, e.g. <c>2.10/stable</c>.</param>
/// <param name="Revision">The store's revision, 1 or more.</param>
/// <param name="Enabled">Whether it is to be enabled.</param>
/// <param name="Config">A JSON object as text: what its configuration must hold at least.</param>
/// <param name="Services">Its services that are to run, or not to.</param>
public sealed record DesiredSnap(
    string Name,
    SnapPresence Presence = SnapPresence.Present,
    string? Channel = null,
    int? Revision = null,
    bool? Enabled = null,
    string? Config = null,
    IReadOnlyList<DesiredService>? Services = null
);

/// <summary>Whether a service of a snap is to run.</summary>
/// <param name="Name">The service's name; with the snap's name and a dot in front it means the same.</param>
/// <param name="Active">Whether it is to run.</param>
public sealed record DesiredService(string Name, bool Active);

/// <summary>Whether a snap is to be installed.</summary>
public enum SnapPresence
{
    /// <summary>It is to be installed.</summary>
    [JsonStringEnumMemberName("PRESENT")]
    Present,

    /// <summary>It is to be removed.</summary>
    [JsonStringEnumMemberName("ABSENT")]
    Absent,
}
