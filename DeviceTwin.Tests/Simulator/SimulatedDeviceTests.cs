using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Simulator;
using Microsoft.Extensions.Time.Testing;
using Snapshooter.Xunit;

namespace DeviceTwin.Tests.Simulator;

public sealed class SimulatedDeviceTests
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("newer", "device")]
    [InlineData("newer", "server")]
    [InlineData("newer", "list")]
    [InlineData("older", "device")]
    [InlineData("older", "list")]
    public void Answers_have_the_shape_that_Go_writes(string agent, string action)
    {
        var device = Device(older: agent == "older");
        Snapshot.Match(Text(device, Action(action)), $"{agent}-{action}");
    }

    [Theory]
    [InlineData("newer")]
    [InlineData("older")]
    public void Info_and_conf_have_the_shape_that_Go_writes(string agent)
    {
        var device = Device(older: agent == "older");
        var answers =
            Text(device, Action("info", "everactive-iot-agent"))
            + "\n"
            + Text(device, Action("conf", "everactive-iot-agent"));
        Snapshot.Match(answers, $"{agent}-info-conf");
    }

    [Fact]
    public void Info_carries_the_store_id_as_device_id_and_no_configuration()
    {
        var device = Device();
        var snap = device.Snaps.First(snap => snap.Config is not null);
        var result = Ask(device, Action("info", snap.Name))["result"]!.AsObject();
        Assert.Equal(snap.StoreId, (string?)result["deviceId"]);
        Assert.False(result.ContainsKey("config"));
    }

    [Fact]
    public void Conf_has_a_result_from_older_agents_only()
    {
        Assert.NotNull(Ask(Device(older: true), Action("conf", "everactive-iot-agent"))["result"]!["config"]);
        var newer = Ask(Device(), Action("conf", "everactive-iot-agent"));
        Assert.True((bool)newer["success"]!);
        Assert.False(newer.ContainsKey("result"));
    }

    [Fact]
    public void A_device_answer_holds_the_version_from_some_devices_only()
    {
        Assert.NotNull(Ask(Device(), Action("device"))["result"]!["version"]);
        var without = Ask(Device(versionless: true), Action("device"))["result"]!.AsObject();
        Assert.False(without.ContainsKey("version"));
        Assert.Equal("0001-01-01T00:00:00Z", (string?)without["created"]);
    }

    [Fact]
    public void A_failure_leaves_success_out_and_says_why()
    {
        var answer = Ask(Device(), Action("remove", "snapd"));
        Assert.False(answer.ContainsKey("success"));
        Assert.False(answer.ContainsKey("result"));
        Assert.Equal("snap \"snapd\" is not removable: snap is used by the model", (string?)answer["message"]);
    }

    [Fact]
    public void An_unknown_action_is_answered_with_an_empty_payload()
    {
        Assert.Equal(0, Device().Answer("""{"id":"1","action":"dance"}"""u8)?.Length);
        Assert.Equal(0, Device().Answer("null"u8)?.Length);
        Assert.Equal(0, Device(older: true).Answer("""{"id":"1","action":"user","data":"{}"}"""u8)?.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"id":7,"action":"list"}""")]
    [InlineData("""{"id":"1","action":"setconf","snap":"nats","data":{"port":1}}""")]
    public void A_payload_that_cannot_be_read_is_not_answered(string payload) =>
        Assert.Null(Device().Answer(Encoding.UTF8.GetBytes(payload)));

    [Fact]
    public void Names_of_fields_are_read_without_regard_to_case() =>
        Assert.True((bool)Ask(Device(), """{"ID":"1","Action":"list","extra":[1]}""")["success"]!);

    [Fact]
    public void A_heartbeat_holds_a_time_of_nine_digits_and_hashes_from_newer_agents_only()
    {
        var newer = Json(Device().Heartbeat());
        Assert.Equal(["orgId", "deviceId", "refresh", "snapListHash", "installedSnapsHash"], newer.Select(m => m.Key));
        Assert.Matches(@"^2026-11-23T\d\d:\d\d:\d\d\.\d{9}(Z|[+-]\d\d:\d\d)$", (string?)newer["refresh"]);
        Assert.Equal(
            time.GetUtcNow(),
            DateTimeOffset.Parse((string)newer["refresh"]!, null),
            TimeSpan.FromMicroseconds(1)
        );
        Assert.Equal(["orgId", "deviceId", "refresh"], Json(Device(older: true).Heartbeat()).Select(m => m.Key));
    }

    [Fact]
    public void Metrics_are_two_lines_of_line_protocol()
    {
        var device = Device();
        time.Advance(TimeSpan.FromMinutes(1));
        var lines = device.Metrics();
        Assert.Equal(2, lines.Count);
        Assert.Matches(@"^memory,device=device-0001 total=\d+,used=\d+,usedpc=\d+\.\d{6}$", lines[0]);
        Assert.Matches(@"^cpu,device=device-0001 user=\d+\.\d{6},system=\d+\.\d{6},total=240\.000000$", lines[1]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_device_with_the_same_course()
    {
        var first = Device(failureRate: 0.5);
        var second = Device(failureRate: 0.5);
        for (var turn = 0; turn < 50; turn++)
            Assert.Equal(
                first.Answer(Bytes(Action("install", $"app-{turn}"))),
                second.Answer(Bytes(Action("install", $"app-{turn}")))
            );
        Assert.Equal(first.Heartbeat(), second.Heartbeat());
        Assert.NotEqual(
            first.Serial,
            new SimulatedDevice("device-0001", new SimulatorOptions { Seed = 2 }, time).Serial
        );
    }

    [Fact]
    public void A_share_of_the_changes_fails_and_changes_nothing()
    {
        var device = Device(failureRate: 0.25);
        var failed = 0;
        for (var turn = 0; turn < 1000; turn++)
        {
            if (Ask(device, Action("install", $"app-{turn}"))["success"] is null)
                failed++;
            Assert.True((bool)Ask(device, Action("device"))["success"]!);
        }

        Assert.InRange(failed, 200, 300);
        var before = Device().Snaps.Count;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(before + 1000 - failed, device.Snaps.Count);
    }

    [Fact]
    public void An_answer_can_be_overridden_and_put_back()
    {
        var device = Device();
        device.OverrideAnswer("list", action => Bytes($$"""{"id":"{{action.Id}}","success":true,"result":[null]}"""));
        Assert.Equal(
            """{"id":"7","success":true,"result":[null]}""",
            Encoding.UTF8.GetString(device.Answer("""{"id":"7","action":"list"}"""u8)!)
        );
        device.OverrideAnswer("list", _ => null);
        Assert.Null(device.Answer(Bytes(Action("list"))));
        device.OverrideAnswer("list", null);
        Assert.NotNull(Ask(device, Action("list"))["result"]!["snaps"]);
    }

    [Theory]
    [InlineData("ack", "type: account-key", null)]
    [InlineData("ack", "", "cannot decode request body into assertions: unexpected EOF")]
    [InlineData("logs", """{"url":"https://example.com/logs","limit":500}""", null)]
    [InlineData("logs", """{"url":"nowhere"}""", "Put \"nowhere\": unsupported protocol scheme \"\"")]
    [InlineData("snapshot", """{"url":"https://example.com/snapshot"}""", null)]
    [InlineData("snapshot", "", "unexpected end of JSON input")]
    [InlineData("user", """{"action":"remove","username":"nobody"}""", "user \"nobody\" is not known")]
    public void Actions_without_result_complete_or_say_why_not(string action, string data, string? message)
    {
        var answer = Ask(Device(), Action(action, "nats", data));
        Assert.False(answer.ContainsKey("result"));
        Assert.Equal(message, (string?)answer["message"]);
        Assert.Equal(message is null, answer.ContainsKey("success"));
    }

    [Fact]
    public void A_user_that_was_created_can_be_removed_once()
    {
        var device = Device();
        var created = Ask(
            device,
            Action("user", data: """{"action":"create","email":"jane@example.com","sudoer":true}""")
        );
        Assert.Equal("jane", (string?)created["result"]);
        var remove = Action("user", data: """{"action":"remove","username":"jane"}""");
        Assert.NotNull(Ask(device, remove)["success"]);
        Assert.Null(Ask(device, remove)["success"]);
    }

    [Fact]
    public void Unregister_answers_with_the_device()
    {
        var device = Device();
        var answer = Ask(device, Action("unregister"));
        Assert.Equal("device-0001", (string?)answer["result"]!["deviceId"]);
        Assert.True(device.IsUnregistered);
    }

    private SimulatedDevice Device(bool older = false, bool? versionless = null, double failureRate = 0) =>
        new(
            "device-0001",
            new SimulatorOptions
            {
                OlderAgentShare = older ? 1 : 0,
                VersionlessShare = versionless ?? older ? 1 : 0,
                FailureRate = failureRate,
            },
            time
        );

    private static string Action(string action, string? snap = null, string? data = null) =>
        JsonSerializer.Serialize(
            new
            {
                id = "1",
                action,
                snap,
                data,
            }
        );

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static JsonObject Json(byte[] payload) => JsonNode.Parse(payload)!.AsObject();

    private static JsonObject Ask(SimulatedDevice device, string action) => Json(device.Answer(Bytes(action))!);

    private static string Text(SimulatedDevice device, string action) => Ask(device, action).ToJsonString(Readable);
}
