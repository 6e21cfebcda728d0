using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;

namespace DeviceTwin.Tests.GraphQL.Actions;

/// <summary>An action as its mutation gave it.</summary>
/// <param name="ActionId">Its id.</param>
/// <param name="Stored">All of it.</param>
public sealed record RequestedAction(string ActionId, JsonElement Stored);

/// <summary>The whole service with simulated devices, and an ear at the topics on which devices read their actions.</summary>
public sealed class ActionHost : IAsyncLifetime
{
    private const string Fields = "actionId kind snap data status message requestedBy sentAt";
    private readonly ConcurrentQueue<(string DeviceId, JsonElement Message)> read = new();
    private readonly IMqttClient ear = new MqttClientFactory().CreateMqttClient();

    public TwinHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await TwinHost.StartAsync(output: null);
        ear.ApplicationMessageReceivedAsync += message =>
        {
            var deviceId = message.ApplicationMessage.Topic.Split('/')[^1];
            var payload = message.ApplicationMessage.Payload.ToArray();
            read.Enqueue((deviceId, JsonSerializer.Deserialize<JsonElement>(payload)));
            return Task.CompletedTask;
        };
        await ear.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer(Host.BrokerHost, Host.BrokerPort).WithClientId("ear").Build()
        );
        await ear.SubscribeAsync("devices/sub/+");
    }

    public async Task DisposeAsync()
    {
        ear.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>What a device was sent for an action. The ear may hear it after the device has answered.</summary>
    public async Task<JsonElement> ReadByAsync(string deviceId, RequestedAction action)
    {
        JsonElement[] sent = [];
        await Eventually.BecomesTrueAsync(
            () =>
            {
                sent =
                [
                    .. read.Where(entry => entry.DeviceId == deviceId)
                        .Select(entry => entry.Message)
                        .Where(message => message.GetProperty("id").GetString() == action.ActionId),
                ];
                return sent.Length > 0;
            },
            $"{action.Stored.GetRawText()} is heard"
        );
        return Assert.Single(sent);
    }

    /// <summary>Connects a device and waits until it has told who it is and which snaps it has.</summary>
    public async Task<SimulatedAgent> EnrollAsync(string deviceId)
    {
        var agent = await Host.ConnectDeviceAsync(deviceId);
        await Host.KnowsSnapsOfAsync(deviceId);
        return agent;
    }

    /// <summary>Runs a mutation that asks something of a device.</summary>
    public async Task<RequestedAction> RequestAsync(string mutation, string deviceId, string input)
    {
        var data = await Host.QueryAsync(
            $$"""
            mutation {
              {{mutation}}(input: {organizationId: "demo", deviceId: "{{deviceId}}", {{input}}}) {
                action { {{Fields}} }
                errors { __typename ... on Error { message } }
              }
            }
            """
        );
        var payload = data.GetProperty(mutation);
        Assert.True(payload.GetProperty("errors").ValueKind == JsonValueKind.Null, payload.GetRawText());
        var action = payload.GetProperty("action");
        return new RequestedAction(action.GetProperty("actionId").GetString()!, action);
    }

    /// <summary>Waits until the device has answered with success.</summary>
    public async Task<JsonElement> CompletesAsync(RequestedAction action)
    {
        var ended = await EndsAsync(action);
        Assert.True(ended.GetProperty("status").GetString() == "COMPLETED", ended.GetRawText());
        return ended;
    }

    /// <summary>Waits until the device has answered.</summary>
    public async Task<JsonElement> EndsAsync(RequestedAction action)
    {
        var found = default(JsonElement);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var data = await Host.QueryAsync(
                    $$"""query($id: String!) { action(organizationId: "demo", actionId: $id) { {{Fields}} } }""",
                    new { id = action.ActionId }
                );
                found = data.GetProperty("action");
                return found.GetProperty("status").GetString() is not ("QUEUED" or "SENT");
            },
            $"{action.Stored.GetRawText()} has an answer"
        );
        return found;
    }
}
