using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Bench.Load;

/// <summary>All devices' agents on one connection: they answer <c>device</c> and <c>list</c> at once.</summary>
internal sealed class AnsweringAgents : IAsyncDisposable
{
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly string organization;

    private AnsweringAgents(string organization)
    {
        this.organization = organization;
        client.ApplicationMessageReceivedAsync += AnswerAsync;
    }

    /// <summary>Connects and subscribes.</summary>
    public static async Task<AnsweringAgents> StartAsync(
        int port,
        string organization,
        CancellationToken cancellationToken
    )
    {
        var agents = new AnsweringAgents(organization);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithClientId("bench-agents")
            .Build();
        await agents.client.ConnectAsync(options, cancellationToken);
        await agents.client.SubscribeAsync("devices/sub/+", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken);
        return agents;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await client.DisconnectAsync();
        client.Dispose();
    }

    private Task AnswerAsync(MqttApplicationMessageReceivedEventArgs message)
    {
        var topic = message.ApplicationMessage.Topic;
        var deviceId = topic[(topic.LastIndexOf('/') + 1)..];
        using var action = JsonDocument.Parse(message.ApplicationMessage.Payload);
        var id = action.RootElement.GetProperty("id").GetString()!;
        var answer = action.RootElement.GetProperty("action").GetString() switch
        {
            "device" => AgentAnswers.Device(id, organization, deviceId),
            "list" => AgentAnswers.List(id, deviceId, revision: 1),
            var other => throw new NotSupportedException($"Nobody asks for {other} here."),
        };
        // Not awaited: the next action is read while the broker acknowledges this answer.
        _ = client.PublishBinaryAsync($"devices/pub/{deviceId}", answer, MqttQualityOfServiceLevel.AtLeastOnce);
        return Task.CompletedTask;
    }
}
