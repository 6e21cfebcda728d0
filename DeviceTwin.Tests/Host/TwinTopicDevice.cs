using System.Text;
using System.Threading.Channels;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Host;

/// <summary>A plain MQTT 3.1.1 client that speaks the twin topics of one device.</summary>
internal sealed class TwinTopicDevice : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly IMqttClient client;
    private readonly string start;
    private readonly Channel<(string Topic, string Payload)> heard = Channel.CreateUnbounded<(string, string)>();
    private int count;

    private TwinTopicDevice(IMqttClient client, string deviceId)
    {
        this.client = client;
        start = $"devices/twin/{deviceId}/";
        client.ApplicationMessageReceivedAsync += message =>
        {
            var told = message.ApplicationMessage;
            heard.Writer.TryWrite((told.Topic[start.Length..], told.ConvertPayloadToString() ?? ""));
            Interlocked.Increment(ref count);
            return Task.CompletedTask;
        };
    }

    /// <summary>How much was heard.</summary>
    public int Count => Volatile.Read(ref count);

    public static async Task<TwinTopicDevice> ConnectAsync(TwinHost host, string deviceId)
    {
        var client = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, $"{deviceId}-{Guid.NewGuid():N}");
        var device = new TwinTopicDevice(client, deviceId);
        foreach (var topic in new[] { "desired", "reported/accepted", "reported/rejected", "get/accepted" })
        {
            await client.SubscribeAsync(device.start + topic, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        return device;
    }

    public Task SendAsync(string topic, string payload) =>
        SendAsync(topic, Encoding.UTF8.GetBytes(payload), MqttQualityOfServiceLevel.AtLeastOnce);

    public Task SendAsync(string topic, byte[] payload, MqttQualityOfServiceLevel quality) =>
        client.PublishBinaryAsync(start + topic, payload, quality);

    /// <summary>The next message is this one.</summary>
    public async Task HearsAsync(string topic, string payload)
    {
        using var limit = new CancellationTokenSource(Limit);
        Assert.Equal((topic, payload), await heard.Reader.ReadAsync(limit.Token));
    }

    /// <summary>Hears this message, after older ones or the same again.</summary>
    public async Task HearsTheNewestAsync(string payload, string topic = "desired")
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await heard.Reader.ReadAsync(limit.Token) != (topic, payload)) { }
    }

    /// <summary>Hears a message on this topic that holds this, among those that others cause.</summary>
    public async Task HearsOneWithAsync(string topic, string part)
    {
        using var limit = new CancellationTokenSource(Limit);
        (string Topic, string Payload) message;
        do
        {
            message = await heard.Reader.ReadAsync(limit.Token);
        } while (message.Topic != topic || !message.Payload.Contains(part, StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
