using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using MQTTnet;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Keeps one connection to the broker: connects, subscribes, waits until it is lost or makes no progress, and tries again with growing pauses, for
/// as long as the service runs. Each attempt has a client of its own, so that nothing of a lost connection reaches the next.
/// </summary>
/// <param name="options">How to connect.</param>
/// <param name="embedded">Says whether the broker is this process.</param>
/// <param name="settings">Name the shared subscription.</param>
/// <param name="channels">Take what is received, and say what to subscribe to.</param>
/// <param name="status">Is told each state.</param>
/// <param name="listening">Is told whether devices can be heard.</param>
/// <param name="outage">Says whether messages wait for the store.</param>
/// <param name="clock">Gives instants and pauses.</param>
/// <param name="logger">Takes each change of state, once.</param>
internal sealed partial class BrokerConnection(
    BrokerOptions options,
    EmbeddedBroker embedded,
    Settings settings,
    InboundChannels channels,
    BrokerStatus status,
    Listening listening,
    StoreOutage outage,
    TimeProvider clock,
    ILogger<BrokerConnection> logger
) : BackgroundService
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    // The answer may stand behind a backlog that the session brings along, and with it the session brings its subscriptions.
    private static readonly TimeSpan BacklogLimit = TimeSpan.FromSeconds(3);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
    private readonly BrokerSubscriptions subscriptions = new(channels, embedded, settings, logger);
    private readonly LinkWatch watch = new(outage, settings.Mqtt.StallLimit, clock);
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
        using var links = new BrokerLinkFactory(settings.Mqtt.IntakeBytes, channels.TakeAsync, clock);
        using var client = new MqttClientFactory().CreateMqttClient(links);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
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
            return result.ResultCode == MqttClientConnectResultCode.Success
                ? await ServeAsync(client, links.Link!, result.IsSessionPresent, lost.Task, attempt.Token)
                : $"the broker refuses the connection: {result.ResultCode} {result.ReasonString}".TrimEnd();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return answered ? BrokerFault.Describe(fault) : options.Explain(fault);
        }
        finally
        {
            publish = null;
            listening.End();
            await attempt.CancelAsync();
            await LeaveAsync(client);
        }
    }

    // Gives the reason why it has ended.
    private async Task<string> ServeAsync(
        IMqttClient client,
        BrokerLink link,
        bool isSessionPresent,
        Task<string> lost,
        CancellationToken cancellationToken
    )
    {
        if (!isSessionPresent)
        {
            status.CountNewSession();
        }

        var subscribing = subscriptions.SubscribeAsync(client, cancellationToken);
        var ending = Task.WhenAny(lost, watch.WatchAsync(link, subscribing, cancellationToken));
        var patience = isSessionPresent ? BacklogLimit : Timeout.InfiniteTimeSpan;
        await Task.WhenAny(subscribing, ending, Task.Delay(patience, clock, cancellationToken));
        if (!subscribing.IsCompleted && !ending.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Open();
            LogBacklog(options.Name);
        }

        if (await Task.WhenAny(subscribing, ending) == subscribing)
        {
            if (await subscribing is { } refusal)
            {
                return refusal;
            }

            backoff.Reset();
            if (publish is null)
            {
                Open();
            }
        }

        return await await ending;

        void Open()
        {
            publish = client.PublishAsync;
            status.Connect(clock.GetUtcNow().UtcDateTime);
            listening.Begin();
            LogConnected(options.Name);
        }
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
            catch (Exception lost) when (BrokerFault.IsLoss(lost))
            {
                // It is gone already, which is what was wanted.
            }
        }
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

    [LoggerMessage(
        LogLevel.Information,
        "{Broker} has a backlog for us: it is worked off, and the answer to our subscriptions stands behind it."
    )]
    private partial void LogBacklog(string broker);

    [LoggerMessage(LogLevel.Warning, "Lost {Broker}: {Reason}. Trying again until it is back.")]
    private partial void LogLost(string broker, string reason);

    [LoggerMessage(LogLevel.Warning, "Cannot connect to {Broker}: {Reason}. Trying again until it can be reached.")]
    private partial void LogUnreachable(string broker, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "mqtt.tls.verify.hostname is false: any broker with a certificate of the same authority is trusted."
    )]
    private partial void LogAnyHost();
}
