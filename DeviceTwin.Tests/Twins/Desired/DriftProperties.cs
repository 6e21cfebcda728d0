using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Devices;
using FsCheck;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class DriftProperties
{
    [Property(MaxTest = 2_000)]
    public Property Drift_is_empty_exactly_when_desired_is_contained_in_reported() =>
        AnyTwin.Always(any =>
        {
            var reported = any.Object(mayHoldNull: true);
            var desired = any.Number(2) == 0 ? any.Object(mayHoldNull: true) : Less(reported, any);
            var merged = Sample.Wanted(desired.ToJsonString());

            var drift = Drift.Between(merged, Sample.Reported(reported.ToJsonString()));

            Assert.Equal(IsContained(merged.Properties, reported), drift.Count == 0);
        });

    [Property(MaxTest = 2_000)]
    public Property A_configuration_drifts_exactly_when_it_lacks_what_is_wanted() =>
        AnyTwin.Always(any =>
        {
            var reported = any.Object(mayHoldNull: true);
            var desired = any.Number(2) == 0 ? any.Object(mayHoldNull: true) : Less(reported, any);
            var merged = Sample.Wanted(new DesiredSnap("nats", Config: desired.ToJsonString()));

            var drift = Drift.Between(merged, Sample.Reported(Sample.Nats(config: reported.ToJsonString())));

            Assert.Equal(IsContained(desired, reported), drift.Count == 0);
        });

    [Property(MaxTest = 500)]
    public Property Drift_is_sorted_by_path_and_names_only_what_a_layer_names() =>
        AnyTwin.Always(any =>
        {
            var desired = LayerMerge.Merge(any.Layers());
            Snap[] snaps = any.Snaps();
            var reported = new ReportedTwin(snaps, AnyTwin.Element(any.Object(mayHoldNull: true)));

            var paths = Drift.Between(desired, reported).Select(entry => entry.Path).ToList();

            Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
            Assert.Equal(paths.Distinct(), paths);
            Assert.All(
                paths,
                path =>
                    Assert.True(
                        path.StartsWith("properties.", StringComparison.Ordinal)
                            || desired.Snaps.Any(snap =>
                                path.StartsWith($"snaps.{snap.Snap.Name}.", StringComparison.Ordinal)
                            ),
                        path
                    )
            );
        });

    // Written from the rule's text, by leaves: what is wanted is there, and null is not there.
    private static bool IsContained(JsonObject desired, JsonObject reported) =>
        Leaves(desired, []).All(leaf => IsHeld(leaf.Path, leaf.Value, reported));

    private static bool IsHeld(string[] path, JsonNode? wanted, JsonObject reported)
    {
        JsonNode? here = reported;
        foreach (var key in path)
        {
            if (here is not JsonObject holder)
            {
                return false;
            }

            if (!holder.TryGetPropertyValue(key, out here))
            {
                return wanted is null;
            }
        }

        return wanted is JsonObject ? here is JsonObject : JsonNode.DeepEquals(here, wanted);
    }

    private static IEnumerable<(string[] Path, JsonNode? Value)> Leaves(JsonNode? node, string[] path) =>
        node is JsonObject { Count: > 0 } inner
            ? inner.SelectMany(property => Leaves(property.Value, [.. path, property.Key]))
        : path.Length == 0 ? []
        : [(path, node)];

    /// <summary>The document without some of its keys: it is contained in it.</summary>
    private static JsonObject Less(JsonObject document, AnyTwin any)
    {
        var less = new JsonObject();
        foreach (var (key, value) in document)
        {
            if (any.Number(3) > 0)
            {
                less[key] = value is JsonObject inner ? Less(inner, any) : value?.DeepClone();
            }
        }

        return less;
    }
}
