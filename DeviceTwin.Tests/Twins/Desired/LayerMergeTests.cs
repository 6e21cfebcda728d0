using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Desired;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class LayerMergeTests
{
    [Fact]
    public void A_device_without_layers_should_be_nothing_special()
    {
        var merged = LayerMerge.Merge([]);

        Assert.Empty(merged.Snaps);
        Assert.Equal("{}", merged.Properties.ToJsonString());
    }

    [Fact]
    public void A_layer_that_names_only_a_channel_leaves_the_weaker_configuration_in_force()
    {
        var merged = LayerMerge.Merge([
            Of(LayerKind.Device, null, new DesiredSnap("nats", Channel: "edge")),
            Of(LayerKind.Model, "pi4", new DesiredSnap("nats", Channel: "stable", Config: """{"port":1}""")),
        ]);

        var snap = Assert.Single(merged.Snaps);
        Assert.Equal(new DesiredSnap("nats", Channel: "edge", Config: """{"port":1}"""), snap.Snap);
        Assert.Equal((LayerKind.Device, null), (snap.Layer, snap.LayerName));
    }

    [Fact]
    public void Each_snap_is_asked_for_by_the_strongest_layer_that_names_it()
    {
        var merged = LayerMerge.Merge([
            Of(LayerKind.Group, "berlin", new DesiredSnap("nats", SnapPresence.Absent)),
            Of(LayerKind.Model, "pi4", new DesiredSnap("nats"), new DesiredSnap("core22", Channel: "stable")),
        ]);

        Assert.Equal(
            [("core22", LayerKind.Model, "pi4"), ("nats", LayerKind.Group, "berlin")],
            merged.Snaps.Select(snap => (snap.Snap.Name, snap.Layer, snap.LayerName))
        );
        Assert.Equal(SnapPresence.Absent, merged.Snaps[1].Snap.Presence);
    }

    [Theory]
    [InlineData(1, 0, "a")]
    [InlineData(0, 1, "b")]
    [InlineData(7, 7, "a")]
    [InlineData(-1, 0, "b")]
    public void Among_groups_the_higher_priority_wins_then_the_name_that_sorts_first(int ofA, int ofB, string wins)
    {
        var a = Of(LayerKind.Group, "a", new DesiredSnap("nats", Channel: "a")) with
        {
            Priority = ofA,
            Properties = Object("""{"from":"a"}"""),
        };
        var b = Of(LayerKind.Group, "b", new DesiredSnap("nats", Channel: "b")) with
        {
            Priority = ofB,
            Properties = Object("""{"from":"b"}"""),
        };

        Assert.All(
            [LayerMerge.Merge([a, b]), LayerMerge.Merge([b, a])],
            merged =>
            {
                Assert.Equal(wins, merged.Properties["from"]!.GetValue<string>());
                Assert.Equal(wins, Assert.Single(merged.Snaps).LayerName);
                Assert.Equal(wins, merged.Snaps[0].Snap.Channel);
            }
        );
    }

    [Fact]
    public void The_strongest_group_is_weaker_than_the_device_and_the_weakest_stronger_than_the_model()
    {
        Layer[] layers =
        [
            Of(LayerKind.Group, "weak") with
            {
                Priority = -9,
                Properties = Object("""{"a":"group","b":"group"}"""),
            },
            Of(LayerKind.Device, null) with
            {
                Properties = Object("""{"b":"device"}"""),
            },
            Of(LayerKind.Model, "pi4") with
            {
                Properties = Object("""{"a":"model","c":"model"}"""),
            },
        ];

        Assert.Equal("""{"a":"group","c":"model","b":"device"}""", LayerMerge.Merge(layers).Properties.ToJsonString());
    }

    [Fact]
    public void Null_in_a_stronger_layer_takes_a_key_away()
    {
        Layer[] layers =
        [
            Of(LayerKind.Model, "pi4") with
            {
                Properties = Object("""{"a":{"b":1,"c":2},"d":null}"""),
            },
            Of(LayerKind.Device, null) with
            {
                Properties = Object("""{"a":{"b":null},"e":null}"""),
            },
        ];

        Assert.Equal("""{"a":{"c":2}}""", LayerMerge.Merge(layers).Properties.ToJsonString());
    }

    [Fact]
    public void Snaps_are_stored_without_what_is_not_said_and_read_as_they_were()
    {
        DesiredSnap[] snaps =
        [
            new("hello-world", SnapPresence.Absent),
            new("nats", Channel: "2.10/stable", Config: "{}", Services: [new DesiredService("server", true)]),
        ];

        var json = DesiredJson.Write(snaps);

        Assert.Equal(
            """[{"name":"hello-world","presence":"ABSENT"},{"name":"nats","presence":"PRESENT","channel":"2.10/stable","config":"{}","services":[{"name":"server","active":true}]}]""",
            json
        );
        Assert.Equal(json, DesiredJson.Write(DesiredJson.Read(json)));
    }

    private static Layer Of(LayerKind kind, string? name, params DesiredSnap[] snaps) => new(kind, name, 0, [], snaps);
}
