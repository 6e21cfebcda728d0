using System.Text.Json;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class AnswerReaderTests
{
    private static Answer Read(string json) => AnswerReader.Read("c333", Payload.Of(json), Payload.Now);

    private static Answer ReadResult(string action, string result) =>
        Read($$"""{"id":"1","action":"{{action}}","success":true,"message":"m","result":{{result}}}""");

    private static SnapReport ReadSnap(string config) =>
        Assert
            .IsType<SnapResult>(
                ReadResult("conf", $$"""{"name":"a","config":{{JsonSerializer.Serialize(config)}}}""").Result
            )
            .Snap;

    private static string Reason(Action read) => Assert.Throws<MalformedMessageException>(read).Message;

    [Theory]
    [InlineData("device")]
    [InlineData("unregister")]
    public void The_device_is_read_with_its_operating_system(string action) =>
        Assert.Equal(
            new DeviceResult(
                "abc",
                "c333",
                "canonical",
                "pi4",
                "s1",
                "store1",
                "KEY",
                new OperatingSystemResult("c333", "2.63", "16", "ubuntu-core", "22", true, "5.15")
            ),
            ReadResult(
                action,
                """
                {"orgId":"abc","deviceId":"c333","brand":"canonical","model":"pi4","serial":"s1","store":"store1","deviceKey":"KEY",
                 "version":{"deviceId":"c333","version":"2.63","series":"16","osId":"ubuntu-core","osVersionId":"22","onClassic":true,"kernelVersion":"5.15"},
                 "created":"0001-01-01T00:00:00Z","lastRefresh":"0001-01-01T00:00:00Z"}
                """
            ).Result
        );

    [Fact]
    public void A_device_may_leave_out_all_but_its_ids() =>
        Assert.Equal(
            new DeviceResult("abc", "c333", "", "", "", "", null, null),
            ReadResult("device", """{"orgId":"abc","deviceId":"c333"}""").Result
        );

    [Fact]
    public void The_operating_system_is_read() =>
        Assert.Equal(
            new OperatingSystemResult("", "2.63", "", "", "", false, ""),
            ReadResult("server", """{"version":"2.63"}""").Result
        );

    [Fact]
    public void A_list_is_read_as_an_array()
    {
        var list = Assert.IsType<SnapListResult>(
            ReadResult(
                "list",
                """
                [{"deviceId":"c333","name":"hello","installedSize":3221225472,"installedDate":"2026-01-02T03:04:05+01:00","status":"active",
                  "channel":"stable","confinement":"strict","version":"1.0","revision":29,"devmode":true,"config":"{ \"a\": 1 }",
                  "services":[{"name":"hello.d","daemon":"simple","enabled":true,"active":true}]},{"name":"bare"}]
                """
            ).Result
        );

        Assert.Null(list.SnapListHash);
        Assert.Null(list.InstalledSnapsHash);
        Assert.Collection(
            list.Snaps,
            hello =>
            {
                Assert.Equal("hello", hello.Name);
                Assert.Equal("c333", hello.DeviceId);
                Assert.Equal(3221225472, hello.InstalledSize);
                Assert.Equal(new DateTime(2026, 1, 2, 2, 4, 5, DateTimeKind.Utc), hello.InstalledAt);
                Assert.Equal("active", hello.Status);
                Assert.Equal("stable", hello.Channel);
                Assert.Equal("strict", hello.Confinement);
                Assert.Equal("1.0", hello.Version);
                Assert.Equal(29, hello.Revision);
                Assert.True(hello.Devmode);
                Assert.Equal("""{"a":1}""", hello.Config);
                Assert.Equal([new SnapService("hello.d", "simple", true, true)], hello.Services);
            },
            bare =>
            {
                Assert.Equal("bare", bare.Name);
                Assert.Null(bare.InstalledAt);
                Assert.Null(bare.Config);
                Assert.Null(bare.Services);
            }
        );
    }

    [Theory]
    [InlineData("installedSnapsHash")]
    [InlineData("installedSnapHash")]
    public void A_list_of_version_2_is_read_with_its_hashes(string name)
    {
        var list = Assert.IsType<SnapListResult>(
            Read(
                $$"""{"id":"1","action":"list","success":true,"version":"2","result":{"snapListHash":"h1","{{name}}":"h2","snaps":[{"name":"a"}] } }"""
            ).Result
        );
        Assert.Equal(("h1", "h2", "a"), (list.SnapListHash, list.InstalledSnapsHash, Assert.Single(list.Snaps).Name));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"snaps":null}""")]
    public void An_empty_list_is_a_list(string result) =>
        Assert.Empty(Assert.IsType<SnapListResult>(ReadResult("list", result).Result).Snaps);

    [Theory]
    [InlineData("info")]
    [InlineData("conf")]
    [InlineData("CONF")]
    public void One_snap_is_read(string action) =>
        Assert.Equal("a", Assert.IsType<SnapResult>(ReadResult(action, """{"name":"a"}""").Result).Snap.Name);

    [Theory]
    [InlineData("install")]
    [InlineData("remove")]
    [InlineData("refresh")]
    [InlineData("revert")]
    [InlineData("enable")]
    [InlineData("disable")]
    [InlineData("switch")]
    [InlineData("setconf")]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("restart")]
    [InlineData("user")]
    [InlineData("")]
    public void A_change_id_becomes_the_message(string action)
    {
        var answer = ReadResult(action, "\"100\"");
        Assert.Equal("100", answer.Message);
        Assert.Null(answer.Result);
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("logs")]
    [InlineData("snapshot")]
    [InlineData("user")]
    [InlineData("install")]
    [InlineData("device")]
    [InlineData("list")]
    [InlineData("conf")]
    public void An_answer_without_result_has_none_and_keeps_its_message(string action)
    {
        Assert.Equal(
            new Answer("c333", "1", action, true, "m", null, Payload.Now),
            Read($$"""{"id":"1","action":"{{action}}","success":true,"message":"m"}""")
        );
        Assert.Null(ReadResult(action, "null").Result);
    }

    [Theory]
    [InlineData("""{"id":"1","action":"list","message":"broken","result":[null]}""")]
    [InlineData("""{"id":"1","action":"list","success":false,"message":"broken","result":"x"}""")]
    [InlineData("""{"id":"1","action":"list","success":null,"message":"broken"}""")]
    public void A_failed_action_tells_its_message_and_its_result_is_not_looked_at(string json) =>
        Assert.Equal(new Answer("c333", "1", "list", false, "broken", null, Payload.Now), Read(json));

    [Fact]
    public void The_last_of_a_name_wins_without_regard_to_case() =>
        Assert.Equal("2", Read("""{"id":"1","ID":"2","action":"ack","more":{}}""").ActionId);

    [Fact]
    public void An_empty_payload_is_an_agent_that_does_not_know_the_action() =>
        Assert.Equal("the payload is empty: the agent does not know the action", Reason(() => Read("")));

    [Theory]
    [InlineData("null", "the payload is not a JSON object")]
    [InlineData("7", "the payload is not a JSON object")]
    [InlineData("{", "the payload is not a JSON object")]
    [InlineData("{}x", "the payload is not a JSON object")]
    [InlineData("{}", "id is missing")]
    [InlineData("{\"id\":\"\"}", "id is missing")]
    [InlineData("{\"id\":5}", "id is not a string")]
    [InlineData("{\"id\":\"a\\nb\"}", "id holds a control character")]
    [InlineData("{\"id\":\"1\",\"success\":\"true\"}", "success is not a boolean")]
    public void What_is_no_answer_is_rejected(string json, string reason) =>
        Assert.Equal(reason, Reason(() => Read(json)));

    [Theory]
    [InlineData("[null]", "a snap is not a JSON object")]
    [InlineData("[{\"name\":\"a\"},null]", "a snap is not a JSON object")]
    [InlineData("[{\"name\":\"a\"},{\"name\":\"a\"}]", "a snap is listed twice")]
    [InlineData("[{\"version\":\"1\"}]", "a snap's name is missing")]
    [InlineData("\"100\"", "result is not a JSON object")]
    [InlineData("{\"snaps\":{}}", "snaps is not a JSON array")]
    public void A_list_with_one_fault_is_rejected_as_a_whole(string result, string reason) =>
        Assert.Equal(reason, Reason(() => ReadResult("list", result)));

    [Theory]
    [InlineData("revision", "2147483648", "revision is not a 32-bit integer")]
    [InlineData("revision", "\"1\"", "revision is not a 32-bit integer")]
    [InlineData("revision", "1e99999999999", "revision is not a 32-bit integer")]
    [InlineData("installedSize", "9223372036854775808", "installedSize is not a size of 64 bits")]
    [InlineData("installedSize", "-1", "installedSize is not a size of 64 bits")]
    [InlineData("installedDate", "\"now\"", "installedDate is not an RFC 3339 instant")]
    [InlineData("installedDate", "7", "installedDate is not a string")]
    [InlineData("devmode", "\"yes\"", "devmode is not a boolean")]
    [InlineData("version", "1", "version is not a string")]
    [InlineData("version", "LONG", "version is longer than 1000 characters")]
    [InlineData("config", "\"{\"", "config cannot be kept: $: it is not JSON.")]
    [InlineData("config", "{}", "config is not a string")]
    [InlineData(
        "config",
        "\"[\\\"\\\\u0000\\\"]\"",
        "config cannot be kept: $[0]: the text holds U+0000, which cannot be stored."
    )]
    [InlineData(
        "config",
        "\"{\\\"\\\\u0000\\\":1}\"",
        "config cannot be kept: $[\"\\u0000\"]: the key holds U+0000, which cannot be stored."
    )]
    [InlineData("services", "{}", "services is not a JSON array")]
    [InlineData("services", "[null]", "a service is not a JSON object")]
    [InlineData("services", "[{\"active\":1}]", "active is not a boolean")]
    public void A_field_of_a_snap_that_cannot_be_kept_is_empty_and_says_why(string field, string value, string reason)
    {
        var odd = value == "LONG" ? $"\"{new string('v', 1001)}\"" : value;
        var result = Assert.IsType<SnapListResult>(
            ReadResult(
                "list",
                $$"""[{"name":"a","{{field}}":{{odd}},"confinement":"strict"},{"name":"b","version":"1"}]"""
            ).Result
        );

        var empty = new SnapReport { Name = "a", Confinement = "strict" };
        Assert.Equal([new(field, reason)], result.Snaps[0].FieldErrors);
        Assert.Equal(
            empty with
            {
                FieldErrors = result.Snaps[0].FieldErrors,
                Services = result.Snaps[0].Services,
            },
            result.Snaps[0]
        );
        Assert.Equal(field == "services" ? [] : null, result.Snaps[0].Services);
        Assert.Equal(("b", "1"), (result.Snaps[1].Name, result.Snaps[1].Version));
        Assert.Empty(result.Snaps[1].FieldErrors);
    }

    [Theory]
    [InlineData(
        """{"id":557236406134e62000323100}""",
        "$.id: the number is beyond the range of a double (about 1.8e308)."
    )]
    [InlineData(
        """{"a":[{"b":1e-400}]}""",
        "$.a[0].b: the number is closer to zero than a double can be (about 4.9e-324)."
    )]
    [InlineData(
        """{"a b":18446744073709551615}""",
        "$[\"a b\"]: the integer is beyond 64 bits and a double does not hold it exactly; send it as a string."
    )]
    [InlineData(
        """{"secret":"\ud800"}""",
        "$.secret: the text is not valid Unicode (half of a surrogate pair, or malformed UTF-8)."
    )]
    public void A_config_that_cannot_be_kept_is_none_and_the_place_is_named_without_its_value(
        string config,
        string reason
    )
    {
        var snap = ReadSnap(config);

        Assert.Null(snap.Config);
        Assert.Equal($"config cannot be kept: {reason}", snap.FieldErrors["config"]);
    }

    [Theory]
    [InlineData("""{"b":1e2,"a":[100.0,1.50,-0]}""", """{"a":[100,1.5,0],"b":100}""")]
    [InlineData("""{"port":1,"b":2,"port":3}""", """{"b":2,"port":3}""")]
    [InlineData("""[9007199254740993, 9223372036854775807]""", "[9007199254740993,9223372036854775807]")]
    public void A_config_is_kept_in_one_form(string config, string kept) => Assert.Equal(kept, ReadSnap(config).Config);

    [Fact]
    public void A_config_nests_64_levels()
    {
        Assert.NotNull(ReadSnap(Nested(64)).Config);

        var deeper = ReadSnap(Nested(65));
        Assert.Null(deeper.Config);
        Assert.EndsWith("nests more than 64 levels deep.", deeper.FieldErrors["config"], StringComparison.Ordinal);
        Assert.Null(ReadSnap(Nested(10_000)).Config);

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void A_config_is_measured_as_it_leaves()
    {
        var numbers = string.Join(',', Enumerable.Repeat("1e308", 4_000));

        Assert.Contains("is larger than", ReadSnap($"[{numbers}]").FieldErrors["config"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2\\u00000", "2\uFFFD0")]
    [InlineData("2\\ud800", "2\uFFFD")]
    [InlineData("\\udc00\\ud83d\\ude00", "\uFFFD\U0001F600")]
    public void A_character_that_cannot_be_stored_is_replaced_and_noted(string escaped, string kept)
    {
        var snap = Assert
            .IsType<SnapResult>(
                ReadResult("info", $$"""{"name":"a","version":"{{escaped}}","channel":"stable"}""").Result
            )
            .Snap;

        Assert.Equal((kept, "stable"), (snap.Version, snap.Channel));
        Assert.Equal("version", Assert.Single(snap.FieldErrors).Key);
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("\\udc00")]
    public void A_message_and_an_unknown_field_lose_what_cannot_be_stored_and_nothing_else(string escaped) =>
        Assert.Equal(
            "no\uFFFD",
            Read(
                $$"""{"id":"1","success":false,"message":"no{{escaped}}","{{escaped}}":1,"deep":{{new string('[', 500)}}{{new string(']', 500)}}}"""
            ).Message
        );

    [Fact]
    public void A_message_is_bounded() =>
        Assert.Equal(
            "message is longer than 65536 characters",
            Reason(() => Read($$"""{"id":"1","message":"{{new string('m', 65537)}}"}"""))
        );

    [Theory]
    [InlineData("{\"deviceId\":\"c333\"}", "orgId is missing")]
    [InlineData("{\"orgId\":\"a\"}", "deviceId is missing")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"+\"}", "deviceId holds one of / + #")]
    [InlineData("{\"orgId\":\"a\",\"deviceId\":\"c\",\"version\":[]}", "the operating system is not a JSON object")]
    [InlineData("[]", "result is not a JSON object")]
    public void A_device_that_does_not_say_who_it_is_is_rejected(string result, string reason) =>
        Assert.Equal(reason, Reason(() => ReadResult("device", result)));

    [Fact]
    public void A_change_id_that_is_no_text_is_rejected() =>
        Assert.Equal("result is not a string", Reason(() => ReadResult("install", "100")));
}
