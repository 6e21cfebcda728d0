using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class DesiredRulesTests
{
    private static readonly ProtectedSnaps Protected = new(["snapd", "*-kernel"]);

    [Fact]
    public void All_that_can_be_wanted_of_a_snap_is_taken() =>
        Assert.Null(
            Check(
                new DesiredSnap(
                    "nats",
                    SnapPresence.Present,
                    "2.10",
                    1,
                    true,
                    """{"a":[null]}""",
                    [new("server", true)]
                ),
                new DesiredSnap("hello-world", SnapPresence.Absent),
                new DesiredSnap("snapd", Channel: "stable")
            )
        );

    [Fact]
    public void An_empty_list_is_refused()
    {
        Assert.Equal("snaps", Check()?.Field);
        Assert.Equal("names", DesiredRules.CheckNames([])?.Field);
    }

    [Fact]
    public void A_snap_named_twice_is_refused_where_it_comes_again()
    {
        Assert.Equal("snaps.1.name", Check(new DesiredSnap("nats"), new DesiredSnap("nats", Channel: "edge"))?.Field);
        Assert.Equal("names.2", DesiredRules.CheckNames(["nats", "core22", "nats"])?.Field);
        Assert.Null(DesiredRules.CheckNames(["nats", "core22"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Not a snap")]
    [InlineData("na\0ts")]
    public void A_name_that_no_snap_can_have_is_refused(string name)
    {
        Assert.Equal("snaps.1.name", Check(new DesiredSnap("nats"), new DesiredSnap(name))?.Field);
        Assert.Equal("names.0", DesiredRules.CheckNames([name])?.Field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2.10/stable/fix/more")]
    [InlineData("2.10/risky")]
    public void A_channel_that_no_channel_can_be_is_refused(string channel) =>
        Assert.Equal("snaps.0.channel", Check(new DesiredSnap("nats", Channel: channel))?.Field);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_revision_is_one_or_more(int revision) =>
        Assert.Equal("snaps.0.revision", Check(new DesiredSnap("nats", Revision: revision))?.Field);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("1")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    public void A_configuration_is_a_JSON_object(string config) =>
        Assert.Equal("snaps.0.config", Check(new DesiredSnap("nats", Config: config))?.Field);

    [Theory]
    [MemberData(nameof(Limits))]
    public void Configuration_and_properties_have_limits(string largest, string tooLarge)
    {
        Assert.Null(Check(new DesiredSnap("nats", Config: largest)));
        Assert.Null(CheckProperties(largest));
        Assert.Equal("snaps.0.config", Check(new DesiredSnap("nats", Config: tooLarge))?.Field);
        Assert.Equal("patch", CheckProperties(tooLarge)?.Field);
    }

    public static TheoryData<string, string> Limits() =>
        new()
        {
            { Sized(32 * 1024), Sized((32 * 1024) + 1) },
            { Nested(10), Nested(11) },
            { Keyed(128), Keyed(129) },
        };

    [Fact]
    public void A_service_has_a_name_and_is_named_once_with_or_without_its_snap_in_front()
    {
        Assert.Null(Check(Serving("server", "worker")));
        Assert.Null(Check(Serving()));
        Assert.Equal("snaps.0.services.1.name", Check(Serving("server", ""))?.Field);
        Assert.Equal("snaps.0.services.0.name", Check(Serving("nats."))?.Field);
        Assert.Equal("snaps.0.services.1.name", Check(Serving("server", "nats.server"))?.Field);
    }

    [Fact]
    public void Nothing_else_can_be_wanted_of_a_snap_that_should_be_absent() =>
        Assert.All(
            [
                new DesiredSnap("nats", SnapPresence.Absent, Channel: "stable"),
                new DesiredSnap("nats", SnapPresence.Absent, Revision: 1),
                new DesiredSnap("nats", SnapPresence.Absent, Enabled: false),
                new DesiredSnap("nats", SnapPresence.Absent, Config: "{}"),
                new DesiredSnap("nats", SnapPresence.Absent, Services: []),
            ],
            snap => Assert.Equal("snaps.0", Check(snap)?.Field)
        );

    [Theory]
    [InlineData("snapd")]
    [InlineData("pc-kernel")]
    public void A_protected_snap_cannot_be_made_absent(string name) =>
        Assert.Equal("snaps.0.presence", Check(new DesiredSnap(name, SnapPresence.Absent))?.Field);

    [Fact]
    public void A_pinned_revision_must_be_there_already()
    {
        DesiredSnap[] snaps = [new("core22"), new("nats", Revision: 100)];

        Assert.Null(DesiredRules.CheckRevisions(snaps, [Nats(revision: 100)]));
        Assert.Equal("snaps.1.revision", DesiredRules.CheckRevisions(snaps, [Nats(revision: 99)])?.Field);
        Assert.Equal("snaps.1.revision", DesiredRules.CheckRevisions(snaps, [])?.Field);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"a":[null]}""")]
    [InlineData("""{"a":[[1,null]]}""")]
    [InlineData("""{"a":{"b":[{"c":null}]}}""")]
    public void Properties_are_an_object_without_null_in_arrays(string properties) =>
        Assert.Equal("patch", CheckProperties(properties)?.Field);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":null,"b":{"c":null},"d":[1,[]]}""")]
    public void A_key_may_be_deleted_with_null(string properties) => Assert.Null(CheckProperties(properties));

    private static InvalidInput? Check(params DesiredSnap[] snaps) => DesiredRules.CheckSnaps(snaps, Protected);

    private static InvalidInput? CheckProperties(string properties) =>
        DesiredRules.CheckProperties("patch", JsonElement.Parse(properties));

    private static DesiredSnap Serving(params string[] services) =>
        new("nats", Services: [.. services.Select(name => new DesiredService(name, true))]);

    private static string Sized(int bytes) => $$"""{"a":"{{new string('x', bytes - 8)}}"}""";

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("""{"a":""", levels)) + "1" + new string('}', levels);

    private static string Keyed(int length) => $$"""{"{{new string('k', length)}}":1}""";
}
