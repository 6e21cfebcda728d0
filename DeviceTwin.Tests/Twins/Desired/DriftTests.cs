using DeviceTwin.Api.Twins.Desired;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class DriftTests
{
    [Fact]
    public void A_device_of_which_nothing_is_wanted_has_no_drift() =>
        Assert.Empty(Lines(Wanted(), new ReportedTwin([Nats()], Reported("""{"a":1}""").Properties)));

    [Fact]
    public void A_snap_that_is_missing_drifts_by_its_presence_alone() =>
        Assert.Equal(
            ["""snaps.nats.presence: "PRESENT" / "ABSENT" """.TrimEnd()],
            Lines(Wanted(new DesiredSnap("nats", Channel: "edge", Enabled: true, Config: """{"a":1}""")), Reported())
        );

    [Fact]
    public void A_snap_that_should_be_absent_drifts_by_its_presence_alone() =>
        Assert.Equal(
            ["""snaps.nats.presence: "ABSENT" / "PRESENT" """.TrimEnd()],
            Lines(Wanted(new DesiredSnap("nats", SnapPresence.Absent, Channel: "edge")), Reported(Nats()))
        );

    [Fact]
    public void A_snap_that_is_absent_and_should_be_is_no_drift() =>
        Assert.Empty(Lines(Wanted(new DesiredSnap("nats", SnapPresence.Absent)), Reported()));

    [Theory]
    [InlineData("stable", "latest/stable")]
    [InlineData("latest", "stable")]
    [InlineData("2.10", "2.10/stable")]
    [InlineData("latest/edge/fix", "edge/fix")]
    public void Two_names_of_one_channel_are_no_drift(string desired, string reported) =>
        Assert.Empty(Lines(Wanted(new DesiredSnap("nats", Channel: desired)), Reported(Nats(reported))));

    [Fact]
    public void Another_channel_revision_and_state_are_told_by_path() =>
        Assert.Equal(
            [
                """snaps.nats.channel: "2.10/stable" / "latest/stable" """.TrimEnd(),
                "snaps.nats.enabled: false / true",
                "snaps.nats.revision: 101 / 100",
            ],
            Lines(
                Wanted(new DesiredSnap("nats", Channel: "2.10/stable", Revision: 101, Enabled: false)),
                Reported(Nats())
            )
        );

    [Theory]
    [InlineData("""{"port":4222}""", """{"port":4222,"more":1}""")]
    [InlineData("""{"port":4222.0}""", """{"port":4222}""")]
    [InlineData("""{"log.level":"info"}""", """{"log":{"level":"info","file":"x"}}""")]
    [InlineData("""{"gone":null}""", "{}")]
    [InlineData("""{"deep":{"gone":null}}""", "{}")]
    [InlineData("{}", null)]
    [InlineData("{}", "[]")]
    public void A_configuration_that_holds_what_is_wanted_is_no_drift(string desired, string? reported) =>
        Assert.Empty(Lines(Wanted(new DesiredSnap("nats", Config: desired)), Reported(Nats(config: reported))));

    [Theory]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":3}}""", "snaps.nats.config.a.c: 2 / 3")]
    [InlineData("""{"log.level":"info"}""", """{"log":{}}""", "snaps.nats.config.log.level: \"info\" / -")]
    [InlineData("""{"log.level":1}""", """{"log.level":2}""", "snaps.nats.config[\"log.level\"]: 1 / 2")]
    [InlineData("""{"say [hi]":1}""", "{}", "snaps.nats.config[\"say [hi]\"]: 1 / -")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,2,3]}""", "snaps.nats.config.a: [1,2] / [1,2,3]")]
    [InlineData("""{"a":{"b":1}}""", """{"a":5}""", """snaps.nats.config.a: {"b":1} / 5""")]
    [InlineData("""{"a":{}}""", "{}", "snaps.nats.config.a: {} / -")]
    [InlineData("""{"a":null}""", """{"a":1}""", "snaps.nats.config.a: null / 1")]
    [InlineData("""{"a":{"b":1}}""", null, "snaps.nats.config.a.b: 1 / -")]
    [InlineData("""{"a":{"b":1}}""", "null", "snaps.nats.config.a.b: 1 / -")]
    public void A_configuration_that_lacks_something_drifts_by_the_key(string desired, string? reported, string line) =>
        Assert.Equal([line], Lines(Wanted(new DesiredSnap("nats", Config: desired)), Reported(Nats(config: reported))));

    [Theory]
    [InlineData("server")]
    [InlineData("nats.server")]
    public void A_service_is_found_with_or_without_its_snaps_name(string service)
    {
        Assert.Empty(Lines(Running(service, true), Reported(Nats())));
        Assert.Equal(
            ["snaps.nats.services.server.active: false / true"],
            Lines(Running(service, false), Reported(Nats()))
        );
    }

    [Fact]
    public void A_service_that_the_device_does_not_tell_of_drifts() =>
        Assert.Equal(
            ["snaps.nats.services.server.active: true / -"],
            Lines(Running("server", true), Reported(Nats(services: "[]")))
        );

    [Theory]
    [InlineData("""{"telemetry":{"interval":30}}""", """{"telemetry":{"interval":30,"on":true},"x":1}""", null)]
    [InlineData("""{"a.b":1}""", """{"a":{"b":1}}""", "properties[\"a.b\"]: 1 / -")]
    [InlineData("""{"a":{"b.c":{"":{"d":1}}}}""", """{"a":{}}""", "properties.a[\"b.c\"][\"\"].d: 1 / -")]
    [InlineData("""{"telemetry":{"interval":30}}""", "{}", "properties.telemetry.interval: 30 / -")]
    [InlineData(
        """{"list":[1,{"a":1}]}""",
        """{"list":[1,{"a":1,"b":2}]}""",
        "properties.list: [1,{\"a\":1}] / [1,{\"a\":1,\"b\":2}]"
    )]
    public void Properties_are_compared_by_their_keys_and_arrays_as_a_whole(
        string desired,
        string reported,
        string? line
    ) => Assert.Equal(line is null ? [] : [line], Lines(Wanted(desired), Reported(reported)));

    private static MergedState Running(string service, bool active) =>
        Wanted(new DesiredSnap("nats", Services: [new DesiredService(service, active)]));
}
