using DeviceTwin.Data.Desired;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Names a layer that somebody wants to change.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Name">The device's id, or the group's or model's name.</param>
/// <param name="IfVersion">Change nothing unless the layer has this version; null for any.</param>
/// <param name="By">Who wants it.</param>
public sealed record LayerKey(string OrganizationId, string Name, int? IfVersion, string By)
{
    /// <summary>The conflict with what is stored; null when there is none.</summary>
    /// <param name="layer">The stored layer.</param>
    internal VersionConflict? Conflict(DesiredLayer layer) =>
        IfVersion is { } version && version != layer.Version ? new VersionConflict(version, layer.Version) : null;
}
