using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace DeviceTwin.Bench.Limits;

/// <summary>An MQTTnet client as its documentation shows it, which counts what it receives (QoS 1) and does nothing with it.</summary>
internal sealed class BareSubscriber : IAsyncDisposable
{
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly TaskCompletionSource allReceived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int missing;

    private BareSubscriber(int expected)
    {
        missing = expected;
        client.ApplicationMessageReceivedAsync += _ =>
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                allReceived.SetResult();
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Ends when as many messages have come as are expected.</summary>
    public Task AllReceived => allReceived.Task;

    /// <summary>Connects and subscribes.</summary>
    /// <param name="port">The broker's port of 127.0.0.1.</param>
    /// <param name="filter">What to subscribe to.</param>
    /// <param name="expected">How many messages will come.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<BareSubscriber> StartAsync(
        int port,
        string filter,
        int expected,
        CancellationToken cancellationToken
    )
    {
        var subscriber = new BareSubscriber(expected);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId("bench-subscriber")
            .WithReceiveMaximum(ushort.MaxValue)
            .Build();
        await subscriber.client.ConnectAsync(options, cancellationToken);
        await subscriber.client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken);
        return subscriber;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await client.DisconnectAsync();
        client.Dispose();
    }
}
