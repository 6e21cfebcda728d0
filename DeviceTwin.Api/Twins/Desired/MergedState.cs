using System.Text.Json.Nodes;
using DeviceTwin.Data.Desired;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What a device should be: all of its layers as one.</summary>
/// <param name="Properties">Desired properties; no null in it.</param>
/// <param name="Snaps">Desired snaps, by name (ordinal), each once.</param>
public sealed record MergedState(JsonObject Properties, IReadOnlyList<MergedSnap> Snaps);

/// <summary>A desired snap with the layers that name it.</summary>
/// <param name="Snap">All that the layers say of it.</param>
/// <param name="Layers">The layers that name it, the strongest first; never empty.</param>
public sealed record MergedSnap(DesiredSnap Snap, IReadOnlyList<SnapLayer> Layers)
{
    /// <summary>The strongest layer that names it.</summary>
    public LayerKind Layer => Layers[0].Kind;

    /// <summary>That group's or model's name; null for the device's own layer.</summary>
    public string? LayerName => Layers[0].Name;
}

/// <summary>A layer that names a snap.</summary>
/// <param name="Kind">Whose layer.</param>
/// <param name="Name">The group's or model's name; null for the device's own layer.</param>
public sealed record SnapLayer(LayerKind Kind, string? Name);
