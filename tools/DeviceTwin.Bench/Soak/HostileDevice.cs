using System.Text;
using System.Text.Json;
using DeviceTwin.Simulator;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace DeviceTwin.Bench.Soak;

/// <summary>A device that was enrolled and now sends nothing but hostile values: several messages a second, and floods.</summary>
internal sealed class HostileDevice : IAsyncDisposable
{
    private const int Flood = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly string deviceId;
    private readonly int port;
    private readonly Chance chance;
    private readonly HostileValues values;
    private readonly Lock turn = new();
    private Task running = Task.CompletedTask;
    private long sent;

    private HostileDevice(string deviceId, int port, int seed)
    {
        this.deviceId = deviceId;
        this.port = port;
        chance = new Chance(seed, deviceId);
        values = new HostileValues(chance);
        client.ApplicationMessageReceivedAsync += AnswerAsync;
    }

    /// <summary>How many messages it has sent.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Starts a device; it goes on until it is disposed.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="port">The broker's port.</param>
    /// <param name="seed">Chooses what it sends.</param>
    public static HostileDevice Start(string deviceId, int port, int seed)
    {
        var device = new HostileDevice(deviceId, port, seed);
        device.running = device.RunAsync(device.stop.Token);
        return device;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!client.IsConnected)
                {
                    await ConnectAsync(stopping);
                }

                await SendSomethingAsync(stopping);
            }
            catch (MqttCommunicationException)
            {
                // The broker threw it out, as it may.
            }

            await Task.Delay(Pause, stopping);
        }
    }

    private async Task ConnectAsync(CancellationToken stopping)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithClientId(deviceId)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311)
            .Build();
        await client.ConnectAsync(options, stopping);
        await client.SubscribeAsync($"devices/sub/{deviceId}", MqttQualityOfServiceLevel.AtLeastOnce, stopping);
    }

    private async Task SendSomethingAsync(CancellationToken stopping)
    {
        switch (Choose(6))
        {
            case 0:
                await SendAsync("devices/health/" + deviceId, Make(() => values.Heartbeat(deviceId)), stopping);
                break;
            case 1:
                await SendAsync($"devices/twin/{deviceId}/reported", Make(values.Patch), stopping, Choose(3) == 0);
                break;
            case 2:
                await SendAsync("devices/pub/" + deviceId, Make(values.NoMessage), stopping, Choose(3) == 0);
                break;
            case 3:
                await SendAsync(
                    "metrics/" + SoakOptions.Organization,
                    $"memory,device={deviceId} total=NaN,used=1e999",
                    stopping
                );
                break;
            case 4:
                await SendAsync($"devices/twin/{deviceId}/get", Make(values.Json), stopping);
                break;
            default:
                for (var number = 0; number < Flood; number++)
                {
                    await SendAsync("devices/health/" + deviceId, Make(values.NoMessage), stopping, Choose(10) == 0);
                }

                break;
        }
    }

    private async Task AnswerAsync(MqttApplicationMessageReceivedEventArgs message)
    {
        using var action = JsonDocument.Parse(message.ApplicationMessage.Payload);
        var (id, name) = (
            action.RootElement.GetProperty("id").GetString()!,
            action.RootElement.GetProperty("action").GetString()!
        );
        await SendAsync("devices/pub/" + deviceId, Make(() => values.Answer(id, name)), stop.Token);
    }

    private async Task SendAsync(string topic, string payload, CancellationToken stopping, bool retain = false)
    {
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = Encoding.UTF8.GetBytes(payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = retain,
        };
        await client.PublishAsync(message, stopping);
        Interlocked.Increment(ref sent);
    }

    // Actions are answered on another thread, and a chance is for one at a time.
    private T Make<T>(Func<T> make)
    {
        lock (turn)
        {
            return make();
        }
    }

    private int Choose(int below) => Make(() => chance.Below(below));
}
