using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace DeviceTwin.Tests.Simulator;

/// <summary>A real broker on a free port that keeps what it saw. It can go away and come back on the same port.</summary>
internal sealed class SimulatorBroker : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ConcurrentQueue<Seen> seen = new();
    private MqttServer server = null!;

    private SimulatorBroker(int port) => Port = port;

    public int Port { get; }

    public ConcurrentQueue<ValidatingConnectionEventArgs> Connections { get; } = new();

    public ConcurrentQueue<(string ClientId, string Topic, MqttQualityOfServiceLevel Quality)> Subscriptions { get; } =
        new();

    public IReadOnlyList<Seen> Messages => [.. seen];

    public static async Task<SimulatorBroker> StartAsync(Action<MqttServerOptionsBuilder, int>? configure = null)
    {
        var broker = new SimulatorBroker(FreePort());
        await broker.ComeBackAsync(configure);
        return broker;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task ComeBackAsync(Action<MqttServerOptionsBuilder, int>? configure = null)
    {
        var options = new MqttServerOptionsBuilder();
        if (configure is null)
            options
                .WithDefaultEndpoint()
                .WithDefaultEndpointPort(Port)
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                .WithDefaultEndpointReuseAddress();
        else
            configure(options, Port);
        server = new MqttServerFactory().CreateMqttServer(options.Build());
        server.ValidatingConnectionAsync += connection =>
        {
            Connections.Enqueue(connection);
            return Task.CompletedTask;
        };
        server.ClientSubscribedTopicAsync += subscribed =>
        {
            var filter = subscribed.TopicFilter;
            Subscriptions.Enqueue((subscribed.ClientId, filter.Topic, filter.QualityOfServiceLevel));
            return Task.CompletedTask;
        };
        server.InterceptingPublishAsync += published =>
        {
            var message = published.ApplicationMessage;
            seen.Enqueue(
                new Seen(
                    published.ClientId,
                    message.Topic,
                    Encoding.UTF8.GetString(message.Payload.ToArray()),
                    message.QualityOfServiceLevel,
                    message.Retain
                )
            );
            return Task.CompletedTask;
        };
        await server.StartAsync();
    }

    public async Task GoAwayAsync()
    {
        await server.StopAsync(new MqttServerStopOptions());
        server.Dispose();
    }

    /// <summary>Publishes an action as the twin does.</summary>
    public Task SendAsync(string deviceId, string payload) =>
        server.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(
                new MqttApplicationMessage
                {
                    Topic = "devices/sub/" + deviceId,
                    PayloadSegment = Encoding.UTF8.GetBytes(payload),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                }
            )
            {
                SenderClientId = "twin",
            }
        );

    /// <summary>Publishes an action and waits for the next answer of that device.</summary>
    public async Task<Seen> AskAsync(string deviceId, string payload)
    {
        var topic = "devices/pub/" + deviceId;
        var before = Messages.Count(message => message.Topic == topic);
        await SendAsync(deviceId, payload);
        return await ReceivedAsync(message => message.Topic == topic, before);
    }

    /// <summary>Waits for a message; some that match may be passed over.</summary>
    public async Task<Seen> ReceivedAsync(Func<Seen, bool> wanted, int pass = 0)
    {
        Seen? found = null;
        await UntilAsync(() => (found = Messages.Where(wanted).Skip(pass).FirstOrDefault()) is not null);
        return found!;
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
            await Task.Delay(5, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (server.IsStarted)
            await GoAwayAsync();
    }

    internal sealed record Seen(
        string ClientId,
        string Topic,
        string Payload,
        MqttQualityOfServiceLevel Quality,
        bool Retained
    )
    {
        public JsonObject Json => JsonNode.Parse(Payload)!.AsObject();
    }
}
