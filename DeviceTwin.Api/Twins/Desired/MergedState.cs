using System.Text.Json.Nodes;
using DeviceTwin.Data.Desired;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What a device should be: all of its layers as one.</summary>
/// <param name="Properties">Desired properties; no null in it.</param>
/// <param name="Snaps">Desired snaps, by name (ordinal), each once.</param>
public sealed record MergedState(JsonObject Properties, IReadOnlyList<MergedSnap> Snaps);

/// <summary>A desired snap with the layer that asks for it.</summary>
/// <param name="Snap">All that the layers say of it.</param>
/// <param name="Layer">The strongest layer that names it.</param>
/// <param name="LayerName">That group's or model's name; null for the device's own layer.</param>
public sealed record MergedSnap(DesiredSnap Snap, LayerKind Layer, string? LayerName);
