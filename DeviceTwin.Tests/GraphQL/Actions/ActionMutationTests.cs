using System.Text.Json;

namespace DeviceTwin.Tests.GraphQL.Actions;

/// <summary>Each mutation that asks something of a device, from the field to the device's answer.</summary>
public sealed class ActionMutationTests(ActionHost service) : IClassFixture<ActionHost>
{
    private const string Agent = "snap: \"everactive-iot-agent\"";

    /// <summary>Mutation, its input, what has to come first, and what the device reads.</summary>
    public static TheoryData<string, string, string, string> Actions() =>
        new()
        {
            { "installSnap", "snap: \"hello-world\"", "", """{"action":"install","snap":"hello-world"}""" },
            { "removeSnap", Agent, "", """{"action":"remove","snap":"everactive-iot-agent"}""" },
            { "refreshSnap", Agent, "", """{"action":"refresh","snap":"everactive-iot-agent"}""" },
            { "revertSnap", Agent, "refreshSnap", """{"action":"revert","snap":"everactive-iot-agent"}""" },
            { "enableSnap", Agent, "disableSnap", """{"action":"enable","snap":"everactive-iot-agent"}""" },
            { "disableSnap", Agent, "", """{"action":"disable","snap":"everactive-iot-agent"}""" },
            {
                "switchSnap",
                Agent + ", channel: \"latest/edge\"",
                "",
                """{"action":"switch","snap":"everactive-iot-agent","data":"latest/edge"}"""
            },
            {
                "configureSnap",
                Agent + ", config: {mqtt: {port: 1883}, name: \"u\"}",
                "",
                """{"action":"setconf","snap":"everactive-iot-agent","data":"{\u0022mqtt\u0022:{\u0022port\u0022:1883},\u0022name\u0022:\u0022u\u0022}"}"""
            },
            { "startSnap", Agent, "", """{"action":"start","snap":"everactive-iot-agent","data":"{}"}""" },
            {
                "stopSnap",
                Agent + ", services: [\"everactive-iot-agent.agent\"]",
                "",
                """{"action":"stop","snap":"everactive-iot-agent","data":"{\u0022services\u0022:[\u0022everactive-iot-agent.agent\u0022]}"}"""
            },
            {
                "restartSnap",
                Agent + ", services: []",
                "",
                """{"action":"restart","snap":"everactive-iot-agent","data":"{}"}"""
            },
            {
                "snapshotSnap",
                Agent + ", url: \"https://example.com/put\"",
                "",
                """{"action":"snapshot","snap":"everactive-iot-agent","data":"{\u0022url\u0022:\u0022https://example.com/put\u0022}"}"""
            },
            { "requestSnapConfig", Agent, "", """{"action":"conf","snap":"everactive-iot-agent"}""" },
            { "requestSnapInfo", Agent, "", """{"action":"info","snap":"everactive-iot-agent"}""" },
            { "requestSnapList", "", "", """{"action":"list"}""" },
            { "requestDeviceInfo", "", "", """{"action":"device"}""" },
            { "requestOperatingSystem", "", "", """{"action":"server"}""" },
            {
                "acknowledgeAssertion",
                "assertion: \"type: x\\nbody\"",
                "",
                """{"action":"ack","data":"type: x\nbody"}"""
            },
            {
                "uploadLogs",
                "url: \"https://example.com/put\", limit: 500",
                "",
                """{"action":"logs","data":"{\u0022url\u0022:\u0022https://example.com/put\u0022,\u0022limit\u0022:500}"}"""
            },
            {
                "createDeviceUser",
                "email: \"ann@example.com\", sudoer: true",
                "",
                """{"action":"user","data":"{\u0022action\u0022:\u0022create\u0022,\u0022email\u0022:\u0022ann@example.com\u0022,\u0022sudoer\u0022:true,\u0022force-managed\u0022:false}"}"""
            },
            {
                "removeDeviceUser",
                "username: \"ann\"",
                "createDeviceUser",
                """{"action":"user","data":"{\u0022action\u0022:\u0022remove\u0022,\u0022username\u0022:\u0022ann\u0022}"}"""
            },
            { "unregisterDevice", "", "", """{"action":"unregister"}""" },
        };

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task A_mutation_reaches_the_device_and_its_action_completes(
        string mutation,
        string input,
        string before,
        string wire
    )
    {
        var deviceId = $"for-{mutation}";
        await service.EnrollAsync(deviceId);
        if (before.Length > 0)
        {
            var fields = before == "createDeviceUser" ? "email: \"ann@example.com\"" : input;
            await service.CompletesAsync(await service.RequestAsync(before, deviceId, fields));
        }

        var action = await service.RequestAsync(mutation, deviceId, input);
        var ended = await service.CompletesAsync(action);

        var read = await service.ReadByAsync(deviceId, action);
        var expected = JsonElement.Parse(wire);
        Assert.Equal(
            expected.EnumerateObject().Select(field => (field.Name, field.Value.GetString())),
            read.EnumerateObject()
                .Where(field => field.Name != "id")
                .Select(field => (field.Name, field.Value.GetString()))
        );
        Assert.Equal(
            expected.GetProperty("action").GetString()!.ToUpperInvariant(),
            action.Stored.GetProperty("kind").GetString()
        );
        Assert.Equal("QUEUED", action.Stored.GetProperty("status").GetString());
        Assert.Equal("anonymous", action.Stored.GetProperty("requestedBy").GetString());
        Assert.Equal(
            ended.GetProperty("data").GetString(),
            read.TryGetProperty("data", out var data) ? data.GetString() : null
        );
        Assert.Equal(
            ended.GetProperty("snap").GetString(),
            read.TryGetProperty("snap", out var snap) ? snap.GetString() : null
        );
        Assert.NotNull(ended.GetProperty("sentAt").GetString());
    }

    [Fact]
    public async Task A_device_that_unregistered_is_out_of_sight_and_can_be_restored()
    {
        const string DeviceId = "leaver";
        await service.EnrollAsync(DeviceId);
        await service.CompletesAsync(await service.RequestAsync("unregisterDevice", DeviceId, ""));

        const string Query = """
            { device(organizationId: "demo", deviceId: "leaver") { active } }
            """;
        Assert.Equal("""{"device":null}""", (await service.Host.QueryAsync(Query)).GetRawText());
        await service.Host.QueryAsync(
            """mutation { restoreDevice(input: {organizationId: "demo", deviceId: "leaver"}) { device { active } errors { __typename } } }"""
        );
        Assert.Equal("""{"device":{"active":true}}""", (await service.Host.QueryAsync(Query)).GetRawText());
    }

    [Fact]
    public async Task An_action_that_the_device_refuses_fails_with_its_words()
    {
        await service.EnrollAsync("refuser");
        var action = await service.RequestAsync("removeSnap", "refuser", "snap: \"core22\"");
        var ended = await service.EndsAsync(action);
        Assert.Equal("FAILED", ended.GetProperty("status").GetString());
        Assert.Contains("not removable", ended.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
