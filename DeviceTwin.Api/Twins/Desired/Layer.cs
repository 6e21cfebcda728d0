using System.Text.Json.Nodes;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Where a layer of desired state comes from, the weakest first.</summary>
public enum LayerKind
{
    /// <summary>What every device of a model should be.</summary>
    Model,

    /// <summary>What every device of a group should be.</summary>
    Group,

    /// <summary>What one device should be.</summary>
    Device,
}

/// <summary>What somebody wants of a device, a group's devices or a model's devices.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Name">The group's or model's name; null for a device's own layer.</param>
/// <param name="Priority">Among groups: the higher is the stronger. 0 for the others.</param>
/// <param name="Properties">Desired properties, a merge patch on those of weaker layers: null takes a key away.</param>
/// <param name="Snaps">Desired snaps, each named once.</param>
public sealed record Layer(
    LayerKind Kind,
    string? Name,
    int Priority,
    JsonObject Properties,
    IReadOnlyList<DesiredSnap> Snaps
);
