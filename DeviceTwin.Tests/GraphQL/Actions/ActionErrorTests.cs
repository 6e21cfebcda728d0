using System.Text.Json;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Actions;

/// <summary>What cannot be asked of devices, and what is taken back.</summary>
[Collection(nameof(SeededFleets))]
public sealed class ActionErrorTests(SeededFleets fleets)
{
    private const string Answer = """
        {
          action { actionId status }
          errors {
            __typename
            ... on Error { message }
            ... on DeviceNotFoundError { deviceId }
            ... on ActionNotFoundError { actionId }
            ... on InvalidInputError { field }
          }
        }
        """;

    public static TheoryData<string, string, string, string> Invalid() =>
        new()
        {
            { "installSnap", "snap: \"\"", "d1", "InvalidInputError snap" },
            { "installSnap", "snap: \"a\\nb\"", "d1", "InvalidInputError snap" },
            { "switchSnap", "snap: \"a\", channel: \" \"", "d1", "InvalidInputError channel" },
            { "configureSnap", "snap: \"a\", config: [1]", "d1", "InvalidInputError config" },
            { "configureSnap", "snap: \"a\", config: {}", "d1", "InvalidInputError config" },
            { "snapshotSnap", "snap: \"a\", url: \"ftp://example.com\"", "d1", "InvalidInputError url" },
            { "uploadLogs", "url: \"/relative\"", "d1", "InvalidInputError url" },
            { "uploadLogs", "url: \"https://example.com\", limit: 0", "d1", "InvalidInputError limit" },
            { "acknowledgeAssertion", "assertion: \"\"", "d1", "InvalidInputError assertion" },
            { "createDeviceUser", "email: \"nobody\"", "d1", "InvalidInputError email" },
            { "removeDeviceUser", "username: \"\"", "d1", "InvalidInputError username" },
            { "requestSnapList", "", "d99", "DeviceNotFoundError d99" },
            { "requestSnapList", "", "d4", "DeviceNotFoundError d4" },
            { "requestSnapList", "", "x1", "DeviceNotFoundError x1" },
            { "requestSnapList", "", "", "DeviceNotFoundError " },
        };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task What_cannot_be_asked_is_told_in_the_payload(
        string mutation,
        string input,
        string deviceId,
        string expected
    )
    {
        foreach (var kind in new[] { StoreKind.Sqlite, StoreKind.Postgres })
        {
            var fleet = await fleets.OnAsync(kind);
            var error = await RefusedAsync(
                fleet,
                mutation,
                $$"""{organizationId: "acme", deviceId: "{{deviceId}}", {{input}}}"""
            );
            Assert.Equal(expected, error);
        }
    }

    [Theory]
    [EveryStore]
    public async Task An_action_is_taken_back_as_long_as_it_is_queued(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var deviceId = $"away-{kind}";
        var device = SeededRows.Device(deviceId);
        device.OrganizationId = $"away-{kind}";
        device.Heartbeat.Connectivity = Connectivity.Offline;
        await fleet.AddAsync(device);

        var requested = await RunAsync(
            fleet,
            "installSnap",
            $$"""{organizationId: "{{deviceId}}", deviceId: "{{deviceId}}", snap: "nats"}"""
        );
        Assert.Equal("QUEUED", requested.At("action", "status").GetString());
        var actionId = requested.At("action", "actionId").GetString();

        Assert.Equal($"ActionNotFoundError {actionId}", await RefusedAsync(fleet, "cancelAction", Cancel("acme")));
        var cancelled = await RunAsync(fleet, "cancelAction", Cancel(deviceId));
        Assert.Equal("CANCELLED", cancelled.At("action", "status").GetString());
        Assert.Equal(JsonValueKind.Null, cancelled.GetProperty("errors").ValueKind);
        Assert.Equal("InvalidInputError actionId", await RefusedAsync(fleet, "cancelAction", Cancel(deviceId)));

        string Cancel(string organizationId) =>
            $$"""{organizationId: "{{organizationId}}", actionId: "{{actionId}}"}""";
    }

    [Theory]
    [InlineData("mutation { installSnap(input: {organizationId: \"acme\", deviceId: \"d1\"}) { action { id } } }")]
    [InlineData("mutation { installSnap { action { id } } }")]
    [InlineData(
        "mutation { installSnap(input: {organizationId: 1, deviceId: \"d1\", snap: \"a\"}) { action { id } } }"
    )]
    [InlineData("mutation { explode(input: {}) { action { id } } }")]
    [InlineData("{ actions(organizationId: \"acme\", where: {kind: {eq: REBOOT}}) { nodes { id } } }")]
    [InlineData("{ actions(organizationId: \"acme\", where: {createdAt: {eq: \"yesterday\"}}) { nodes { id } } }")]
    [InlineData("{ devices(organizationId: \"acme\", where: {tag: {path: \"a\"}}) { nodes { id } } }")]
    [InlineData("{ devices(organizationId: \"a\\u0000b\") { nodes { id } } }")]
    [InlineData("{ devices { nodes { id } } }")]
    [InlineData("{ devices(organizationId: \"acme\"")]
    public async Task What_is_malformed_has_a_code(string query)
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        var answer = await fleet.Host.SendAsync(query);
        Assert.All(
            answer.GetProperty("errors").EnumerateArray(),
            error =>
            {
                var code = error.At("extensions", "code").GetString();
                Assert.False(string.IsNullOrEmpty(code));
                Assert.NotEqual("INTERNAL_ERROR", code);
            }
        );
    }

    private static async Task<JsonElement> RunAsync(SeededFleet fleet, string mutation, string input)
    {
        var data = await fleet.Host.QueryAsync($$"""mutation { {{mutation}}(input: {{input}}) {{Answer}} }""");
        return data.GetProperty(mutation);
    }

    private static async Task<string> RefusedAsync(SeededFleet fleet, string mutation, string input)
    {
        var payload = await RunAsync(fleet, mutation, input);
        Assert.Equal(JsonValueKind.Null, payload.GetProperty("action").ValueKind);
        var error = Assert.Single(payload.GetProperty("errors").EnumerateArray());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        var detail = error.EnumerateObject().Single(field => field.Name is not ("__typename" or "message"));
        return $"{error.GetProperty("__typename").GetString()} {detail.Value.GetString()}";
    }
}
