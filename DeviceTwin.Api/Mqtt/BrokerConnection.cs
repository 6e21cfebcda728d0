using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Keeps one connection to the broker: connects, subscribes, waits until it is lost, and tries again with growing pauses, for as
/// long as the service runs. Each attempt has a client of its own, so that nothing of a lost connection reaches the next.
/// </summary>
/// <param name="options">How to connect.</param>
/// <param name="embedded">Says whether the broker is this process.</param>
/// <param name="settings">Name the shared subscription.</param>
/// <param name="channels">Take what is received, and say what to subscribe to.</param>
/// <param name="status">Is told each state.</param>
/// <param name="listening">Is told whether devices can be heard.</param>
/// <param name="clock">Gives instants and pauses.</param>
/// <param name="logger">Takes each change of state, once.</param>
internal sealed partial class BrokerConnection(
    BrokerOptions options,
    EmbeddedBroker embedded,
    Settings settings,
    InboundChannels channels,
    BrokerStatus status,
    Listening listening,
    TimeProvider clock,
    ILogger<BrokerConnection> logger
) : BackgroundService
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    // The answer may stand behind a backlog that the session brings along.
    private static readonly TimeSpan SubscribeLimit = TimeSpan.FromMinutes(1);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
    private readonly BrokerLinkFactory links = new(channels.TakeAsync);
    private volatile Func<MqttApplicationMessage, CancellationToken, Task<MqttClientPublishResult>>? publish;

    /// <summary>Publishes a message and waits until the broker has answered.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MqttCommunicationException">The connection is lost, or there is none.</exception>
    public Task<MqttClientPublishResult> PublishAsync(
        MqttApplicationMessage message,
        CancellationToken cancellationToken
    ) => publish?.Invoke(message, cancellationToken) ?? throw new MqttClientNotConnectedException();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.AcceptsAnyHost)
        {
            LogAnyHost();
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var reason = await ConnectOnceAsync(stoppingToken);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            ReportLoss(reason);
            await Task.Delay(backoff.Next(), clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> ConnectOnceAsync(CancellationToken stoppingToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient(links);
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += gone =>
        {
            lost.TrySetResult(BrokerFault.Describe(gone));
            return Task.CompletedTask;
        };
        var answered = false;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(ConnectLimit);
            var result = await client.ConnectAsync(options.Create(), limit.Token);
            answered = true;
            if (result.ResultCode != MqttClientConnectResultCode.Success)
            {
                return $"the broker refuses the connection: {result.ResultCode} {result.ReasonString}".TrimEnd();
            }

            if (!result.IsSessionPresent)
            {
                status.CountNewSession();
            }

            limit.CancelAfter(SubscribeLimit);
            if (await SubscribeAsync(client, limit.Token) is { } refusal)
            {
                return refusal;
            }

            publish = client.PublishAsync;
            ReportConnection();
            return await lost.Task.WaitAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return answered ? BrokerFault.Describe(fault) : options.Explain(fault);
        }
        finally
        {
            publish = null;
            listening.End();
            await LeaveAsync(client);
        }
    }

    // Without heartbeats or answers the service is deaf, so it goes on trying; without metrics it only misses figures, and a broker
    // whose rules are older than the twin topics still serves the agents that do not know them either.
    private async Task<string?> SubscribeAsync(IMqttClient client, CancellationToken cancellationToken)
    {
        var share =
            embedded.IsWanted || string.IsNullOrEmpty(settings.Mqtt.SharedGroup)
                ? ""
                : $"$share/{settings.Mqtt.SharedGroup}/";
        string? refusal = null;
        foreach (var (filter, quality, isVital) in channels.Subscriptions)
        {
            var topic = new MqttTopicFilter { Topic = share + filter, QualityOfServiceLevel = quality };
            var answer = await client.SubscribeAsync(
                new MqttClientSubscribeOptions { TopicFilters = [topic] },
                cancellationToken
            );
            var code = answer.Items.Single().ResultCode;
            if (code > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                LogRefused(topic.Topic, code);
                refusal ??= isVital ? $"the broker refuses the subscription to {topic.Topic}: {code}" : null;
            }
        }

        return refusal;
    }

    // A clean end: the broker keeps the session, and with it what we have not acknowledged.
    private static async Task LeaveAsync(IMqttClient client)
    {
        if (client.IsConnected)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token);
            }
            catch (Exception lost) when (lost is MqttCommunicationException or OperationCanceledException)
            {
                // It is gone already, which is what was wanted.
            }
        }
    }

    private void ReportConnection()
    {
        backoff.Reset();
        status.Connect(clock.GetUtcNow().UtcDateTime);
        listening.Begin();
        LogConnected(options.Name);
    }

    private void ReportLoss(string reason)
    {
        var before = status.Current;
        status.Lose(clock.GetUtcNow().UtcDateTime, reason);
        if (before.Connected)
        {
            LogLost(options.Name, reason);
        }
        else if (before.LastError != reason)
        {
            LogUnreachable(options.Name, reason);
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to {Broker}; devices are heard.")]
    private partial void LogConnected(string broker);

    [LoggerMessage(LogLevel.Warning, "Lost {Broker}: {Reason}. Trying again until it is back.")]
    private partial void LogLost(string broker, string reason);

    [LoggerMessage(LogLevel.Warning, "Cannot connect to {Broker}: {Reason}. Trying again until it can be reached.")]
    private partial void LogUnreachable(string broker, string reason);

    [LoggerMessage(
        LogLevel.Error,
        "The broker refuses the subscription to {Filter}: {Code}. Its access rules must allow it."
    )]
    private partial void LogRefused(string filter, MqttClientSubscribeResultCode code);

    [LoggerMessage(
        LogLevel.Warning,
        "mqtt.tls.verify.hostname is false: any broker with a certificate of the same authority is trusted."
    )]
    private partial void LogAnyHost();
}
