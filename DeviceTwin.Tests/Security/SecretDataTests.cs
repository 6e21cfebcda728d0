using System.Text;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Actions;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>Presigned addresses and snaps' configuration: who sees them, and that no log does.</summary>
public sealed class SecretDataTests(ITestOutputHelper output)
{
    private const string Address = "https://files.example.org/put?signature=hush&part=a+b";
    private const string Masked = "https://files.example.org/***";

    private static readonly string Viewer = SecureHost.SecretOf("viewer");
    private static readonly string Operator = SecureHost.SecretOf("operator");

    private static readonly Caller Watching = new("ann", Role.Viewer, OrganizationScope.All);

    [Theory, EveryStore]
    public async Task A_viewer_gets_them_masked_an_operator_gets_them_and_no_log_line_holds_them(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        var agent = await host.ConnectDeviceAsync("d1");
        var first = agent.Snaps[0].Name;
        await host.FindTwinAsync("d1", twin => twin.Snaps.Count > 0);
        agent.Device.OverrideAnswer("snapshot", Failing);

        await host.DataAsync(
            Operator,
            """
            mutation($snap: String!, $url: String!) {
              uploadLogs(input: {organizationId: "demo", deviceId: "d1", url: $url}) { errors { __typename } }
              snapshotSnap(input: {organizationId: "demo", deviceId: "d1", snap: $snap, url: $url}) { errors { __typename } }
              configureSnap(input: {organizationId: "demo", deviceId: "d1", snap: $snap, config: {password: "hush"}}) { errors { __typename } }
            }
            """,
            new { snap = first, url = Address }
        );
        await Eventually.BecomesTrueAsync(
            async () =>
                await AskAsync(host, Operator) is var told
                && Has(told, "hush")
                && told.GetProperty("device").GetProperty("snap").GetProperty("config").ValueKind
                    == JsonValueKind.Object
                && Has(told, "\"FAILED\""),
            "the device has its configuration and has failed to take a snapshot"
        );
        agent.Device.OverrideAnswer("setconf", _ => null);
        await host.DataAsync(
            Operator,
            """
            mutation($snap: String!) {
              setDesiredSnaps(input: {organizationId: "demo", deviceId: "d1", snaps: [{name: $snap, config: {token: "hush"}}]}) {
                errors { __typename }
              }
            }
            """,
            new { snap = first }
        );
        await agent.PublishAsync(
            "devices/pub/d1",
            Encoding.UTF8.GetBytes($$"""{"id":"1","action":"conf","success":true,"result":{"config":"{{Address}}"}"""),
            quality: 1,
            default
        );
        await Eventually.BecomesTrueAsync(() => host.Log.Contains("Rejected a message of d1"), "it is rejected");

        var shown = await AskAsync(host, Operator);
        var masked = await AskAsync(host, Viewer);
        Assert.Equal("hush", DriftOf(shown).GetProperty("desired").GetString());
        Assert.Equal(DriftOf(shown).GetProperty("path").GetString(), DriftOf(masked).GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, DriftOf(masked).GetProperty("desired").ValueKind);
        Assert.Equal(
            JsonValueKind.Null,
            masked.GetProperty("device").GetProperty("snap").GetProperty("config").ValueKind
        );
        Assert.False(Has(masked, "hush"), masked.GetRawText());
        Assert.True(Has(masked, Masked), masked.GetRawText());
        Assert.True(Has(shown, "signature=hush"));
        // The log is at its most talkative, SQL and web server included.
        Assert.Contains(host.Log.Lines, line => line.Contains("INSERT INTO", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("hush", StringComparison.Ordinal));

        async Task<JsonElement> AskAsync(TwinHost asked, string token) =>
            await asked.DataAsync(
                token,
                """
                query($snap: String!) {
                  device(organizationId: "demo", deviceId: "d1") {
                    snap(name: $snap) { config } desired { snaps { config } } drift { path desired reported }
                  }
                  actions(organizationId: "demo") { nodes { kind status data message } }
                }
                """,
                new { snap = first }
            );
    }

    [Theory]
    [InlineData(
        ActionKind.Logs,
        """{"url":"https://u:hush@h.example:8443/hush?hush","limit":9}""",
        """{"url":"https://h.example:8443/***","limit":9}"""
    )]
    [InlineData(ActionKind.Snapshot, """{"url":"https:\\\\h.example\\hush hush"}""", "***")]
    [InlineData(ActionKind.Logs, "https://h.example/hush", "***")]
    [InlineData(ActionKind.Logs, "null", "***")]
    [InlineData(ActionKind.Setconf, """{"password":"hush"}""", "***")]
    [InlineData(ActionKind.Ack, "type: system-user\npassword: $6$hush", "***")]
    [InlineData(ActionKind.Switch, "latest/edge", "latest/edge")]
    [InlineData(ActionKind.Setconf, null, null)]
    public void What_an_action_carries_is_masked_below_operator(ActionKind kind, string? data, string? shown)
    {
        Assert.Equal(shown, Watching.ShowData(kind, data));
        Assert.Equal(data, (Watching with { Role = Role.Operator }).ShowData(kind, data));
    }

    [Theory]
    [InlineData(
        "Put \"https://u:hush@h.example/hush?hush=1\": no such host",
        "Put \"https://h.example/***\": no such host"
    )]
    [InlineData("cannot reach HTTP://h.example?hush and hush", "cannot reach HTTP://h.example/***")]
    [InlineData("no space left", "no space left")]
    public void Addresses_in_what_a_device_says_of_an_upload_are_masked_below_operator(string message, string shown)
    {
        Assert.Equal(shown, Watching.ShowMessage(ActionKind.Snapshot, message));
        Assert.Equal(message, (Watching with { Role = Role.Operator }).ShowMessage(ActionKind.Snapshot, message));
    }

    [Theory]
    [InlineData("run configure hook of \"nats\": \"hush\" is no port", "***")]
    [InlineData("118", "118")]
    [InlineData(null, null)]
    public void What_a_snaps_hook_says_of_its_configuration_is_masked_below_operator(string? message, string? shown)
    {
        Assert.Equal(shown, Watching.ShowMessage(ActionKind.Setconf, message));
        Assert.Equal(message, (Watching with { Role = Role.Operator }).ShowMessage(ActionKind.Setconf, message));
    }

    [Theory]
    [InlineData("snaps.nats.config.password", false)]
    [InlineData("snaps.nats.config", false)]
    [InlineData("snaps.nats.config[\"pass.word\"]", false)]
    [InlineData("snaps[\"na.ts\"].config.port", false)]
    [InlineData("properties[\"a.b\"].c", true)]
    [InlineData("snaps.nats.channel", true)]
    [InlineData("properties.nats.config.port", true)]
    public void Values_of_drift_in_configuration_are_null_below_operator(string path, bool isShown)
    {
        var value = JsonElement.Parse("1");
        Assert.Equal(isShown, Watching.ShowDrift(path, value) is not null);
        Assert.NotNull((Watching with { Role = Role.Operator }).ShowDrift(path, value));
    }

    private static byte[] Failing(AgentAction asked) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                id = asked.Id,
                action = asked.Action,
                success = false,
                message = $"Put \"{Address}\": no such host",
            }
        );

    private static bool Has(JsonElement answer, string text) =>
        answer.GetRawText().Contains(text, StringComparison.Ordinal);

    private static JsonElement DriftOf(JsonElement answer) =>
        Assert.Single(answer.GetProperty("device").GetProperty("drift").EnumerateArray());

    private Task<TwinHost> StartAsync(StoreKind kind) =>
        SecureHost.StartAsync(
            output,
            [SecureHost.Token("viewer", Role.Viewer, "demo"), SecureHost.Token("operator", Role.Operator, "demo")],
            new TwinHostOptions
            {
                Store = kind,
                Configure = settings =>
                    (settings.Log.Level, settings.Action.ListDelay) = (LogLevel.Trace, TimeSpan.Zero),
            }
        );
}
