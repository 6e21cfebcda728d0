using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Simulator;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Simulator;

public sealed class SimulatedSnapdTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    private readonly SimulatedDevice device;

    public SimulatedSnapdTests() =>
        device = new SimulatedDevice(
            "device-0001",
            new SimulatorOptions { OlderAgentShare = 0, SnapdDelay = Delay },
            time
        );

    [Fact]
    public void An_install_is_in_the_list_after_snapds_delay_and_not_before()
    {
        var answer = Ask("install", "helloworld");
        Assert.Matches(@"^\d+$", (string?)answer["result"]);
        Assert.DoesNotContain("helloworld", Listed());
        time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain("helloworld", Listed());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("helloworld", Listed());
        Assert.Equal("active", Snap("helloworld").Status);
        Assert.Equal(time.GetUtcNow(), Snap("helloworld").InstalledAt);
    }

    [Fact]
    public void Changes_in_a_row_build_on_each_other_before_they_show()
    {
        Do("install", "helloworld");
        Do("setconf", "helloworld", """{"greeting":"hi"}""");
        Do("disable", "helloworld");
        Settle();
        Assert.Equal("""{"greeting":"hi"}""", Snap("helloworld").Config);
        Assert.Equal("installed", Snap("helloworld").Status);
    }

    [Fact]
    public void A_removed_snap_is_gone()
    {
        Do("remove", "everactive-iot-agent");
        Settle();
        Assert.DoesNotContain("everactive-iot-agent", Listed());
    }

    [Fact]
    public void A_refresh_raises_the_revision_and_a_revert_brings_it_back()
    {
        var before = Snap("everactive-iot-agent");
        Do("refresh", before.Name);
        Settle();
        Assert.Equal(before.Revision + 1, Snap(before.Name).Revision);
        Assert.NotEqual(before.Version, Snap(before.Name).Version);
        Do("revert", before.Name);
        Settle();
        Assert.Equal(before.Revision, Snap(before.Name).Revision);
        Assert.Equal(before.Version, Snap(before.Name).Version);
        Assert.Equal("no revision to revert to", (string?)Ask("revert", before.Name)["message"]);
    }

    [Fact]
    public void A_switch_moves_the_channel()
    {
        Do("switch", "everactive-iot-agent", "latest/edge");
        Settle();
        Assert.Equal("latest/edge", Snap("everactive-iot-agent").Channel);
    }

    [Fact]
    public void Disabling_stops_the_services_and_enabling_starts_them()
    {
        Do("disable", "everactive-iot-agent");
        Settle();
        Assert.Equal("installed", Snap("everactive-iot-agent").Status);
        Assert.DoesNotContain(Snap("everactive-iot-agent").Services, service => service.Active);
        Do("enable", "everactive-iot-agent");
        Settle();
        Assert.Equal("active", Snap("everactive-iot-agent").Status);
        Assert.Contains(Snap("everactive-iot-agent").Services, service => service.Active);
    }

    [Fact]
    public void Services_stop_and_start_by_name_or_all_together()
    {
        Do("stop", "everactive-iot-agent", """{"services":["everactive-iot-agent.agent"]}""");
        Settle();
        Assert.False(Snap("everactive-iot-agent").Services.Single(service => service.Name == "agent").Active);
        Do("restart", "everactive-iot-agent", "{}");
        Settle();
        Assert.True(Snap("everactive-iot-agent").Services.Single(service => service.Name == "agent").Active);
    }

    [Fact]
    public void Setconf_sets_dotted_keys_and_null_takes_a_key_away()
    {
        Do("setconf", "everactive-iot-agent", """{"mqtt.port":1883,"zone":{"b":1,"a":2}}""");
        Do("setconf", "everactive-iot-agent", """{"mqtt.url":null}""");
        Settle();
        Assert.Equal("""{"mqtt":{"port":1883},"zone":{"a":2,"b":1}}""", Snap("everactive-iot-agent").Config);
    }

    [Fact]
    public void A_snap_without_configuration_left_has_none_in_the_list()
    {
        Do("setconf", "everactive-iot-agent", """{"mqtt":null}""");
        Settle();
        var listed = Ask("list")["result"]!["snaps"]!.AsArray();
        var snap = listed.Single(snap => (string?)snap!["name"] == "everactive-iot-agent")!.AsObject();
        Assert.False(snap.ContainsKey("config"));
    }

    [Fact]
    public void The_hashes_change_with_the_list_and_only_then()
    {
        var (list, installed) = Hashes();
        Do("setconf", "everactive-iot-agent", """{"greeting":"hi"}""");
        Assert.Equal((list, installed), Hashes());
        Settle();
        Assert.NotEqual(list, Hashes().List);
        Assert.Equal(installed, Hashes().Installed);
        Do("install", "helloworld");
        Settle();
        Assert.NotEqual(installed, Hashes().Installed);
        Assert.Equal(Hashes().List, (string?)Ask("list")["result"]!["snapListHash"]);
    }

    [Theory]
    [InlineData("install", "snapd", "", "snap \"snapd\" is already installed")]
    [InlineData("install", "missing-snap", "", "cannot install \"missing-snap\": snap not found")]
    [InlineData("install", "", "", "No snap name provIded for install")]
    [InlineData("remove", "absent", "", "snap \"absent\" is not installed")]
    [InlineData("disable", "snapd", "", "snap \"snapd\" cannot be disabled")]
    [InlineData("enable", "everactive-iot-agent", "", "snap \"everactive-iot-agent\" already enabled")]
    [InlineData("switch", "everactive-iot-agent", "", "No channel provided for switch")]
    [InlineData("info", "absent", "", "snap not installed")]
    [InlineData("start", "core22", "{}", "snap \"core22\" has no services")]
    [InlineData("start", "everactive-iot-agent", """{"services":["nats.server"]}""", "invalid service: nats.server")]
    [InlineData("start", "", "{}", "No snap name provided for start")]
    [InlineData(
        "stop",
        "everactive-iot-agent",
        """{"services":["everactive-iot-agent.x"]}""",
        "snap \"everactive-iot-agent\" has no service \"x\""
    )]
    [InlineData("stop", "everactive-iot-agent", "", "unexpected end of JSON input")]
    [InlineData(
        "setconf",
        "everactive-iot-agent",
        "[1]",
        "json: cannot unmarshal array into Go value of type map[string]interface {}"
    )]
    [InlineData("setconf", "everactive-iot-agent", "x", "invalid character 'x' looking for beginning of value")]
    [InlineData("setconf", "absent", "{}", "snap \"absent\" is not installed")]
    public void What_cannot_be_done_fails_as_snapd_says_it(string action, string snap, string data, string message)
    {
        var before = device.Snaps;
        var answer = Ask(action, snap, data);
        Assert.Equal(message, (string?)answer["message"]);
        Assert.False(answer.ContainsKey("success"));
        Settle();
        Assert.Same(before, device.Snaps);
    }

    private void Do(string action, string snap, string? data = null) =>
        Assert.True((bool?)Ask(action, snap, data)["success"]);

    private JsonObject Ask(string action, string? snap = null, string? data = null)
    {
        var payload = JsonSerializer.Serialize(
            new
            {
                id = "1",
                action,
                snap,
                data,
            }
        );
        return JsonNode.Parse(device.Answer(Encoding.UTF8.GetBytes(payload))!)!.AsObject();
    }

    private IEnumerable<string?> Listed() =>
        Ask("list")["result"]!["snaps"]!.AsArray().Select(snap => (string?)snap!["name"]);

    private SimulatedSnap Snap(string name) => device.Snaps.Single(snap => snap.Name == name);

    private (string? List, string? Installed) Hashes()
    {
        var heartbeat = JsonNode.Parse(device.Heartbeat())!;
        return ((string?)heartbeat["snapListHash"], (string?)heartbeat["installedSnapsHash"]);
    }

    private void Settle() => time.Advance(Delay);
}
