using System.Text.Json;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>What tests of live streams do to a service that runs for one test.</summary>
internal static class LiveHost
{
    /// <summary>Heartbeats often, answers at once.</summary>
    public static readonly SimulatorOptions Busy = new()
    {
        Interval = TimeSpan.FromMilliseconds(200),
        OlderAgentShare = 0,
        // Long enough that a subscriber sees an action SENT before it is COMPLETED.
        SnapdDelay = TimeSpan.FromMilliseconds(300),
    };

    public static Task<TwinHost> StartAsync(ITestOutputHelper output, StoreKind kind = StoreKind.Sqlite) =>
        TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Store = kind,
                Configure = settings => settings.Device.OfflineAfter = TimeSpan.FromSeconds(2),
            }
        );

    /// <summary>Adds devices in organization demo that nobody ever heard.</summary>
    public static async Task AddDevicesAsync(this TwinHost host, params string[] deviceIds)
    {
        await using var context = await host.OpenStoreAsync();
        context.AddRange(deviceIds.Select(deviceId => SeededRows.Device(deviceId, "demo")));
        await context.SaveChangesAsync();
    }

    /// <summary>Runs a mutation in organization demo; it must succeed.</summary>
    public static async Task<JsonElement> RunAsync(this TwinHost host, string mutation, string input)
    {
        var data = await host.QueryAsync(
            $$"""mutation { {{mutation}}(input: {organizationId: "demo", {{input}}}) { errors { __typename } } }"""
        );
        var payload = data.GetProperty(mutation);
        Assert.True(payload.GetProperty("errors").ValueKind == JsonValueKind.Null, payload.GetRawText());
        return payload;
    }

    /// <summary>Puts a tag on a device.</summary>
    public static Task TagAsync(this TwinHost host, string deviceId, int value) =>
        host.RunAsync("patchTags", $$"""deviceId: "{{deviceId}}", patch: {n: {{value}}}""");

    /// <summary>Makes a group with a device in it.</summary>
    public static async Task GroupAsync(this TwinHost host, string group, string deviceId)
    {
        await host.RunAsync("createGroup", $"name: \"{group}\"");
        await host.MoveAsync("addDevicesToGroup", group, deviceId);
    }

    /// <summary>Puts a device into a group, or takes it out.</summary>
    public static Task MoveAsync(this TwinHost host, string mutation, string group, string deviceId) =>
        host.RunAsync(mutation, $"name: \"{group}\", deviceIds: [\"{deviceId}\"]");

    /// <summary>What the service says of its subscribers.</summary>
    public static async Task<int> SubscribersAsync(this TwinHost host) =>
        (await host.QueryAsync("{ service { subscribers } }")).At("service", "subscribers").GetInt32();

    /// <summary>Waits until a device has told which snaps it has.</summary>
    public static Task KnowsSnapsOfAsync(this TwinHost host, string deviceId) =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                var data = await host.QueryAsync(
                    "query($id: String!) { device(organizationId: \"demo\", deviceId: $id) { snaps { name } } }",
                    new { id = deviceId }
                );
                var device = data.GetProperty("device");
                return device.ValueKind != JsonValueKind.Null && device.GetProperty("snaps").GetArrayLength() > 0;
            },
            $"{deviceId} has told its snaps"
        );

    /// <summary>Waits until a stream has ended, and checks the code of what ended it.</summary>
    public static async Task<string> EndsWithAsync(this TwinHostSubscription stream, string code)
    {
        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            stream.Events.Completion.WaitAsync(TimeSpan.FromSeconds(20))
        );
        Assert.Contains($"\"code\":\"{code}\"", ended.Message, StringComparison.Ordinal);
        return ended.Message;
    }
}
