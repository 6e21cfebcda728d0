using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Desired;
using FsCheck;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class MergeProperties
{
    [Property(MaxTest = 500)]
    public Property A_patch_and_its_inverse_give_back_the_document() =>
        AnyTwin.Always(any =>
        {
            var document = any.Object(mayHoldNull: false);
            var patch = any.Object(mayHoldNull: true);

            var patched = MergePatch.Apply(document, patch);

            Same(document, MergePatch.Apply(patched, Inverse(patch, document)));
        });

    [Property(MaxTest = 500)]
    public Property Layers_merge_to_the_same_in_any_order() =>
        AnyTwin.Always(any =>
        {
            var layers = any.Layers();

            Same(LayerMerge.Merge(layers), LayerMerge.Merge(layers.Reverse()));
            Same(LayerMerge.Merge(layers), LayerMerge.Merge(FromWeakest(layers)));
        });

    [Property(MaxTest = 500)]
    public Property Merging_the_weaker_layers_first_changes_nothing() =>
        AnyTwin.Always(any =>
        {
            var layers = FromWeakest(any.Layers());
            var count = any.Number(layers.Count + 1);

            var weaker = LayerMerge.Merge(layers.Take(count));
            DesiredSnap[] snaps = [.. weaker.Snaps.Select(snap => snap.Snap)];
            var asOne = new Layer(LayerKind.Model, null, int.MinValue, weaker.Properties, snaps);

            Same(LayerMerge.Merge(layers), LayerMerge.Merge([asOne, .. layers.Skip(count)]));
        });

    [Property(MaxTest = 500)]
    public Property No_value_of_a_stronger_layer_is_lost() =>
        AnyTwin.Always(any =>
        {
            var layers = FromWeakest(any.Layers());
            for (var count = 1; count <= layers.Count; count++)
            {
                var strongest = layers[count - 1];
                var merged = LayerMerge.Merge(layers.Take(count));
                Assert.True(Contains(merged.Properties, strongest.Properties));
                Assert.All(strongest.Snaps, snap => AssertKept(snap, merged));
            }
        });

    [Property(MaxTest = 500)]
    public Property Every_field_of_a_snap_comes_from_the_strongest_layer_that_says_something_of_it() =>
        AnyTwin.Always(any =>
        {
            var layers = FromWeakest(any.Layers());
            var merged = LayerMerge.Merge(layers);

            var names = layers.SelectMany(layer => layer.Snaps).Select(snap => snap.Name).Distinct().Order();
            Assert.Equal(names, merged.Snaps.Select(snap => snap.Snap.Name));
            foreach (var snap in merged.Snaps)
            {
                var said = layers
                    .SelectMany(layer => layer.Snaps)
                    .Where(other => other.Name == snap.Snap.Name)
                    .ToList();
                var asks = layers.Last(layer => layer.Snaps.Any(other => other.Name == snap.Snap.Name));
                Assert.Equal((asks.Kind, asks.Name), (snap.Layer, snap.LayerName));
                Assert.Equal(said[^1].Presence, snap.Snap.Presence);
                Assert.Equal(said.FindLast(other => other.Channel is not null)?.Channel, snap.Snap.Channel);
                Assert.Equal(said.FindLast(other => other.Enabled is not null)?.Enabled, snap.Snap.Enabled);
                Assert.Equal(said.Any(other => other.Config is not null), snap.Snap.Config is not null);
                Assert.Equal(Services(said), snap.Snap.Services?.ToDictionary(NameOf, service => service.Active));
                Assert.Equal(
                    FromWeakest(layers)
                        .Where(layer => layer.Snaps.Any(other => other.Name == snap.Snap.Name))
                        .Select(layer => new SnapLayer(layer.Kind, layer.Name))
                        .Reverse(),
                    snap.Layers
                );
            }
        });

    private static Dictionary<string, bool>? Services(List<DesiredSnap> fromWeakest)
    {
        Dictionary<string, bool>? services = null;
        foreach (var service in fromWeakest.SelectMany(snap => snap.Services ?? []))
        {
            services ??= [];
            services[NameOf(service)] = service.Active;
        }

        return services;
    }

    private static string NameOf(DesiredService service) => service.Name.Split('.')[^1];

    private static void AssertKept(DesiredSnap snap, MergedState merged)
    {
        var kept = Assert.Single(merged.Snaps, other => other.Snap.Name == snap.Name).Snap;
        Assert.Equal(snap.Presence, kept.Presence);
        Assert.Equal(snap.Channel ?? kept.Channel, kept.Channel);
        Assert.Equal(snap.Enabled ?? kept.Enabled, kept.Enabled);
        var services = (kept.Services ?? []).Select(service => (NameOf(service), service.Active));
        Assert.All(snap.Services ?? [], service => Assert.Contains((NameOf(service), service.Active), services));
    }

    // Written from the rule's text: model, then groups by rising priority and falling name, then the device.
    private static List<Layer> FromWeakest(IEnumerable<Layer> layers)
    {
        var sorted = layers.ToList();
        sorted.Sort(
            (left, right) =>
                left.Kind != right.Kind ? Strength(left.Kind) - Strength(right.Kind)
                : left.Priority != right.Priority ? left.Priority - right.Priority
                : string.CompareOrdinal(right.Name, left.Name)
        );
        return sorted;

        static int Strength(LayerKind kind) =>
            kind switch
            {
                LayerKind.Model => 1,
                LayerKind.Group => 2,
                _ => 3,
            };
    }

    private static bool Contains(JsonObject merged, JsonObject layer) =>
        layer.All(property =>
            property.Value switch
            {
                null => !merged.ContainsKey(property.Key),
                JsonObject inner => merged[property.Key] is JsonObject found && Contains(found, inner),
                var value => JsonNode.DeepEquals(merged[property.Key], value),
            }
        );

    private static JsonObject Inverse(JsonObject patch, JsonObject document)
    {
        var inverse = new JsonObject();
        foreach (var (key, change) in patch)
        {
            inverse[key] =
                change is JsonObject inner && document[key] is JsonObject before
                    ? Inverse(inner, before)
                    : document[key]?.DeepClone();
        }

        return inverse;
    }

    private static void Same(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected} is not {actual}");

    private static void Same(MergedState expected, MergedState actual)
    {
        Same(expected.Properties, actual.Properties);
        Assert.Equal(
            DesiredJson.Write([.. expected.Snaps.Select(snap => snap.Snap)]),
            DesiredJson.Write([.. actual.Snaps.Select(snap => snap.Snap)])
        );
    }
}
