using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class HeartbeatReaderTests
{
    private static Sighting Read(string json, string device = "c333") =>
        HeartbeatReader.Read(device, Payload.Of(json), Payload.Now);

    [Fact]
    public void A_heartbeat_is_read_with_all_its_fields()
    {
        const string Json =
            """{"orgId":"abc","deviceId":"c333","refresh":"2026-11-23T09:30:00.123456789Z","snapListHash":"9f2c","installedSnapsHash":"77ab"}""";
        var instant = new DateTime(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc).AddTicks(1_234_560);
        var expected = new Sighting("c333", "abc", instant, Payload.Now, "9f2c", "77ab");

        Assert.Equal(expected, Read(Json));
        Assert.Equal(expected, HeartbeatReader.Read("c333", Payload.Scattered(Json), Payload.Now));
        Assert.Equal(DateTimeKind.Utc, Read(Json).HeartbeatAt!.Value.Kind);
    }

    [Fact]
    public void Names_of_fields_match_without_regard_to_case_and_with_escapes() =>
        Assert.Equal(
            new Sighting("c333", "abc", null, Payload.Now, "x"),
            Read("""{"ORGID":"abc","device\u0049d":"c333","snaplisthash":"x"}""")
        );

    [Fact]
    public void The_last_of_a_name_wins() =>
        Assert.Equal("b", Read("""{"orgId":"a","deviceId":"x","deviceId":"c333","OrgId":"b"}""").OrganizationId);

    [Fact]
    public void Unknown_fields_are_ignored_whatever_they_hold() =>
        Assert.Equal(
            "a",
            Read("""{"more":{"orgId":[1,{"deviceId":2}]},"orgId":"a","deviceId":"c333","n":null}""").OrganizationId
        );

    [Theory]
    [InlineData("\"0001-01-01T00:00:00Z\"")]
    [InlineData("null")]
    public void A_refresh_that_is_not_set_is_none(string refresh) =>
        Assert.Null(Read($$"""{"orgId":"a","deviceId":"c333","refresh":{{refresh}}}""").HeartbeatAt);

    [Fact]
    public void Empty_hashes_are_none()
    {
        var sighting = Read("""{"orgId":"a","deviceId":"c333","snapListHash":"","installedSnapsHash":null}""");
        Assert.Null(sighting.SnapListHash);
        Assert.Null(sighting.InstalledSnapsHash);
    }

    [Theory]
    [InlineData("", "the payload is not a JSON object")]
    [InlineData("null", "the payload is not a JSON object")]
    [InlineData("[]", "the payload is not a JSON object")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c333\"", "the payload is not a JSON object")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c333\"}}", "the payload is not a JSON object")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c334\"}", "deviceId is not the topic's")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"C333\"}", "deviceId is not the topic's")]
    [InlineData("{\"orgId\":\"a\"}", "deviceId is not the topic's")]
    [InlineData("{\"deviceId\":\"c333\"}", "orgId is missing")]
    [InlineData("{\"orgId\":\"\",\"deviceId\":\"c333\"}", "orgId is missing")]
    [InlineData("{\"orgId\":\"a\\u0000\",\"deviceId\":\"c333\"}", "orgId holds a control character")]
    [InlineData("{\"orgId\":\"a\\ud800\",\"deviceId\":\"c333\"}", "orgId is not valid Unicode")]
    [InlineData("{\"orgId\":7,\"deviceId\":\"c333\"}", "orgId is not a string")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c333\",\"refresh\":1}", "refresh is not a string")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c333\",\"refresh\":\"\"}", "refresh is not an RFC 3339 instant")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c333\",\"snapListHash\":\"\\u0000\"}", "snapListHash holds U+0000")]
    public void What_is_no_heartbeat_of_the_device_is_rejected_with_the_reason(string json, string reason) =>
        Assert.Equal(reason, Assert.Throws<MalformedMessageException>(() => Read(json)).Message);

    [Fact]
    public void Long_ids_and_hashes_and_deep_nesting_are_rejected()
    {
        var two = new string('x', 201);
        Assert.Throws<MalformedMessageException>(() => Read($$"""{"orgId":"{{two}}","deviceId":"c333"}"""));
        Assert.Throws<MalformedMessageException>(() =>
            Read($$"""{"orgId":"a","deviceId":"c333","snapListHash":"{{two}}"}""")
        );
        Assert.Throws<MalformedMessageException>(() =>
            Read($$"""{"orgId":"a","deviceId":"c333","deep":{{new string('[', 70)}}{{new string(']', 70)}}}""")
        );
    }
}
