using System.Text.Json;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Desired;

/// <summary>
/// What the device should be: the layers of its model, its groups and its own, merged. The device's own layer wins over its
/// groups' layers, and these over its model's.
/// </summary>
/// <param name="merged">The merged layers.</param>
/// <param name="own">The device's own layer; null where it was never set.</param>
[Name("DesiredState")]
public sealed class DesiredStateNode(MergedState merged, DesiredLayer? own)
{
    /// <summary>The merged properties.</summary>
    public JsonElement Properties => StoredJson.ToElement(merged.Properties);

    /// <summary>The merged snaps, by name.</summary>
    public IReadOnlyList<DesiredSnapNode> Snaps =>
        [.. merged.Snaps.Select(snap => new DesiredSnapNode(snap.Snap, snap.Layers))];

    /// <summary>Grows by one with every change of the device's own layer; pass it as ifVersion to change it safely.</summary>
    public int Version => own?.Version ?? 0;

    /// <summary>When the device's own layer last changed; null when it was never set.</summary>
    public DateTime? UpdatedAt => own?.UpdatedAt;

    /// <summary>Who last changed the device's own layer; null when it was never set.</summary>
    public string? UpdatedBy => own?.UpdatedBy;
}

/// <summary>What a group or a model asks of its devices.</summary>
/// <param name="layer">The stored layer; null where it was never set.</param>
[Name("DesiredLayer")]
public sealed class DesiredLayerNode(DesiredLayer? layer)
{
    /// <summary>The layer's properties; null in them takes a weaker layer's key away.</summary>
    public JsonElement Properties => StoredJson.Read(layer?.Properties ?? "{}");

    /// <summary>The layer's snaps, by name.</summary>
    public IReadOnlyList<DesiredSnapNode> Snaps =>
        layer is null
            ? []
            :
            [
                .. DesiredJson
                    .Read(layer.Snaps)
                    .OrderBy(snap => snap.Name, StringComparer.Ordinal)
                    .Select(snap => new DesiredSnapNode(snap, [new SnapLayer(layer.Kind, layer.Name)])),
            ];

    /// <summary>Where two groups of a device disagree, the higher priority wins, then the name that sorts first. Always 0 for a model.</summary>
    public int Priority => layer?.Priority ?? 0;

    /// <summary>Grows by one with every change of the layer; pass it as ifVersion to change it safely.</summary>
    public int Version => layer?.Version ?? 0;

    /// <summary>When the layer last changed; null when it was never set.</summary>
    public DateTime? UpdatedAt => layer?.UpdatedAt;

    /// <summary>Who last changed the layer; null when it was never set.</summary>
    public string? UpdatedBy => layer?.UpdatedBy;
}

/// <summary>What is desired of a snap. Null where no layer says anything of it, so that it may be as it is.</summary>
/// <param name="snap">What the layers say.</param>
/// <param name="layers">The layers that name it, the strongest first.</param>
[Name("DesiredSnap")]
public sealed class DesiredSnapNode(DesiredSnap snap, IReadOnlyList<SnapLayer> layers)
{
    /// <summary>The snap's name.</summary>
    public string Name => snap.Name;

    /// <summary>Whether it is to be installed.</summary>
    public SnapPresence Presence => snap.Presence;

    /// <summary>The channel that it is to track.</summary>
    public string? Channel => snap.Channel;

    /// <summary>The store's revision that it is to have.</summary>
    public int? Revision => snap.Revision;

    /// <summary>Whether it is to be enabled.</summary>
    public bool? Enabled => snap.Enabled;

    /// <summary>What its configuration is to hold at least; null below the role operator, too.</summary>
    /// <param name="context">The field.</param>
    public JsonElement? Config(IResolveFieldContext context) => context.Caller().ShowConfig(snap.Config);

    /// <summary>Its services that are to run, or not to.</summary>
    public IReadOnlyList<DesiredSnapServiceNode> Services =>
        [.. (snap.Services ?? []).Select(service => new DesiredSnapServiceNode(service.Name, service.Active))];

    /// <summary>The layer that asks for it: of those that name the snap the strongest. Weaker ones may add to it, see layers.</summary>
    public DesiredLayerKind Layer => (DesiredLayerKind)layers[0].Kind;

    /// <summary>The group's or model's name; null for the device's own layer.</summary>
    public string? LayerName => layers[0].Name;

    /// <summary>All layers that name the snap, the strongest first.</summary>
    public IReadOnlyList<DesiredSnapLayerNode> Layers =>
        [.. layers.Select(layer => new DesiredSnapLayerNode((DesiredLayerKind)layer.Kind, layer.Name))];
}

/// <summary>A layer that names a snap.</summary>
/// <param name="Kind">Whose layer it is.</param>
/// <param name="Name">The group's or model's name; null for the device's own layer.</param>
[Name("DesiredSnapLayer")]
public sealed record DesiredSnapLayerNode(DesiredLayerKind Kind, string? Name);

/// <summary>Whether a service of a snap is to run.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Active">Whether it is to run.</param>
[Name("DesiredSnapService")]
public sealed record DesiredSnapServiceNode(string Name, bool Active);

/// <summary>Whose layer of desired state it is.</summary>
public enum DesiredLayerKind
{
    /// <summary>The device's own; it wins over the others.</summary>
    Device = LayerKind.Device,

    /// <summary>Every device in the group; it wins over the model's.</summary>
    Group = LayerKind.Group,

    /// <summary>Every device of the model.</summary>
    Model = LayerKind.Model,
}

/// <summary>A path where desired and reported differ.</summary>
/// <param name="entry">Where, and how.</param>
[Name("Drift")]
public sealed class DriftNode(DriftEntry entry)
{
    /// <summary>E.g. properties.telemetry.interval or snaps.core20.channel; a key that is empty or holds dots, brackets, quotes or blanks is a JSON string in brackets: properties.a["b.c"].d.</summary>
    public string Path => entry.Path;

    /// <summary>What is wanted there; below the role operator null in a snap's configuration.</summary>
    /// <param name="context">The field.</param>
    public JsonElement? Desired(IResolveFieldContext context) => context.Caller().ShowDrift(entry.Path, entry.Desired);

    /// <summary>What the device reported there; null where it reported nothing, and below the role operator in a snap's configuration.</summary>
    /// <param name="context">The field.</param>
    public JsonElement? Reported(IResolveFieldContext context) =>
        context.Caller().ShowDrift(entry.Path, entry.Reported);

    /// <summary>Where a device's desired and reported state differ, by path.</summary>
    internal static IReadOnlyList<DriftNode> Of(TwinState state) =>
        [.. Drift.Between(state.Desired, state.Reported).Select(entry => new DriftNode(entry))];
}

/// <summary>The properties that a device reported of itself.</summary>
/// <param name="state">What is stored; null where it never reported any.</param>
[Name("ReportedState")]
public sealed class ReportedStateNode(ReportedState? state)
{
    /// <summary>The properties; an empty object until the device reported some.</summary>
    public JsonElement Properties => StoredJson.Read(state?.Properties ?? "{}");

    /// <summary>Grows by one with every patch from the device; 0 until it sent one.</summary>
    public int Version => state?.Version ?? 0;

    /// <summary>When the newest patch came in, by our clock; null until the device sent one.</summary>
    public DateTime? UpdatedAt => state?.UpdatedAt;
}
