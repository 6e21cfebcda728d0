using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Desired;
using FsCheck;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class SnapConfigMergeTests
{
    [Theory]
    [InlineData("""{"port":4333}""", """{"debug":true}""", """{"port":4333,"debug":true}""")]
    [InlineData("""{"port":4333}""", """{"port":1,"debug":true}""", """{"port":1,"debug":true}""")]
    [InlineData("""{"a":{"b":1,"c":[1,2]}}""", """{"a":{"c":[3]}}""", """{"a":{"b":1,"c":[3]}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":2}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [InlineData("{}", """{"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1}""", "{}", """{"a":1}""")]
    public void Keys_of_both_layers_count_and_the_stronger_wins(string model, string device, string merged) =>
        Assert.Equal(merged, Merged(model, device));

    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":null}""", """{"b":2}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":null}}""", """{"a":{"c":2}}""")]
    [InlineData("""{"a":{"b":1},"c":1}""", """{"a":null}""", """{"c":1}""")]
    public void Null_takes_a_weaker_layers_key_away(string model, string device, string merged) =>
        Assert.Equal(merged, Merged(model, device));

    [Theory]
    [InlineData("""{"b":2}""", """{"a":null}""", """{"a":null,"b":2}""")]
    [InlineData("""{"a":null}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":null}""", """{"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":null}""", """{"b":1}""", """{"a":null,"b":1}""")]
    public void Null_that_takes_nothing_away_asks_the_device_to_unset_the_key(
        string model,
        string device,
        string merged
    ) => Assert.Equal(merged, Merged(model, device));

    [Theory]
    [InlineData("""{"a.b":1}""", """{"a":{"b":2}}""", """{"a":{"b":2}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a.b":2}""", """{"a":{"b":2}}""")]
    [InlineData("""{"a":{"b":1,"c":1}}""", """{"a.b":null}""", """{"a":{"c":1}}""")]
    [InlineData("""{"a.b":1,"a.c":1}""", """{"a":{"c":2}}""", """{"a":{"b":1,"c":2}}""")]
    [InlineData("""{"a.b":1}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":7}""", """{"a.b":1}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a.b.c":1}""", """{"a.b":{"d":2}}""", """{"a.b":{"c":1,"d":2}}""")]
    [InlineData("""{"a.b.c":1}""", """{"a":{"b.c":2}}""", """{"a":{"b.c":2}}""")]
    [InlineData("""{"x":{"a.b":1}}""", """{"x":{"a":{"b":2}}}""", """{"x":{"a":{"b":2}}}""")]
    public void A_dotted_key_and_the_nested_one_are_the_same_key(string model, string device, string merged) =>
        Assert.Equal(merged, Merged(model, device));

    [Theory]
    [InlineData("""{"a.b":1}""", """{"a.c":2}""", """{"a.b":1,"a.c":2}""")]
    [InlineData("""{"a.b":1}""", """{"a.b":2}""", """{"a.b":2}""")]
    public void Dots_stay_where_no_layer_names_the_outer_key_because_snapd_then_leaves_what_else_is_in_it(
        string model,
        string device,
        string merged
    ) => Assert.Equal(merged, Merged(model, device));

    [Property(MaxTest = 1_000)]
    public Property What_holds_the_merged_configuration_holds_the_strongest_layers() =>
        AnyTwin.Always(any =>
        {
            var (weaker, stronger) = (Dotted(any), Dotted(any));
            var merged = SnapConfigMerge.Over(weaker, stronger);

            // A null of the stronger layer may only have taken a key away.
            var asked = WithoutNulls(stronger);
            Assert.True(
                JsonContainment.Holds(AnyTwin.Element(merged), AnyTwin.Element(asked)),
                $"{merged.ToJsonString()} does not hold {asked.ToJsonString()}"
            );
            Assert.Equal(merged.ToJsonString(), SnapConfigMerge.Over(merged, []).ToJsonString());
        });

    [Property(MaxTest = 1_000)]
    public Property Without_dots_and_nulls_it_is_a_merge_patch() =>
        AnyTwin.Always(any =>
        {
            var (weaker, stronger) = (any.Object(mayHoldNull: false), any.Object(mayHoldNull: false));

            Assert.True(
                JsonNode.DeepEquals(MergePatch.Apply(weaker, stronger), SnapConfigMerge.Over(weaker, stronger))
            );
        });

    [Fact]
    public void Services_merge_by_name_with_or_without_the_snaps_name_in_front()
    {
        var merged = LayerMerge.Merge([
            Of(LayerKind.Model, "pi4", new DesiredService("server", true), new DesiredService("worker", true)),
            Of(LayerKind.Group, "berlin", new DesiredService("nats.worker", false)),
            Of(LayerKind.Device, null, new DesiredService("probe", true)),
        ]);

        var snap = Assert.Single(merged.Snaps);
        Assert.Equal(
            [new DesiredService("server", true), new("nats.worker", false), new("probe", true)],
            snap.Snap.Services!
        );
        Assert.Equal(
            [new SnapLayer(LayerKind.Device, null), new(LayerKind.Group, "berlin"), new(LayerKind.Model, "pi4")],
            snap.Layers
        );
    }

    private static Layer Of(LayerKind kind, string? name, params DesiredService[] services) =>
        new(kind, name, 0, [], [new DesiredSnap("nats", Services: services)]);

    private static string? Merged(string model, string device)
    {
        Layer[] layers =
        [
            new(LayerKind.Device, null, 0, [], [new DesiredSnap("nats", Config: device)]),
            new(LayerKind.Model, "pi4", 0, [], [new DesiredSnap("nats", Config: model)]),
        ];
        return Assert.Single(LayerMerge.Merge(layers).Snaps).Snap.Config;
    }

    // Some of the objects written with dots, no key named twice.
    private static JsonObject Dotted(AnyTwin any)
    {
        var dotted = new JsonObject();
        foreach (var (key, value) in any.Object(mayHoldNull: true))
        {
            if (value is JsonObject { Count: > 0 } inner && any.Number(2) == 0)
            {
                foreach (var (innerKey, innerValue) in inner)
                {
                    dotted[$"{key}.{innerKey}"] = innerValue?.DeepClone();
                }
            }
            else
            {
                dotted[key] = value?.DeepClone();
            }
        }

        return dotted;
    }

    private static JsonObject WithoutNulls(JsonObject config) =>
        new(
            config
                .Where(member => member.Value is not null)
                .Select(member =>
                    KeyValuePair.Create(
                        member.Key,
                        member.Value is JsonObject inner ? WithoutNulls(inner) : member.Value?.DeepClone()
                    )
                )
        );
}
