using System.Text.Json.Nodes;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Makes one desired state of a device's layers.</summary>
public static class LayerMerge
{
    /// <summary>Merges layers, given in any order: model, then groups by priority (among equals the name that sorts first is the stronger), then the device's own.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>A state that shares no JSON with the layers.</returns>
    public static MergedState Merge(IEnumerable<Layer> layers)
    {
        var fromWeakest = layers
            .OrderBy(layer => layer.Kind)
            .ThenBy(layer => layer.Priority)
            .ThenByDescending(layer => layer.Name, StringComparer.Ordinal);
        var properties = new JsonObject();
        var snaps = new SortedDictionary<string, MergedSnap>(StringComparer.Ordinal);
        foreach (var layer in fromWeakest)
        {
            properties = (JsonObject)MergePatch.Apply(properties, layer.Properties)!;
            foreach (var snap in layer.Snaps)
            {
                var source = new SnapLayer(layer.Kind, layer.Name);
                snaps[snap.Name] = snaps.TryGetValue(snap.Name, out var weaker)
                    ? new MergedSnap(SnapLayers.Over(weaker.Snap, snap), [source, .. weaker.Layers])
                    : new MergedSnap(snap, [source]);
            }
        }

        return new MergedState(properties, [.. snaps.Values]);
    }
}
