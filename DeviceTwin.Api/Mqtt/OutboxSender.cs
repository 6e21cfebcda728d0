using DeviceTwin.Api.Twins;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Drains an outbox: claims messages, publishes them side by side, marks those that the broker has acknowledged, and gives the others
/// back. While the broker is away it claims nothing.
/// </summary>
/// <typeparam name="TMessage">What the outbox holds.</typeparam>
/// <param name="outbox">The outbox.</param>
/// <param name="write">Writes a message as its device reads it.</param>
/// <param name="what">What is sent, for the log; the beginning of a sentence.</param>
/// <param name="publisher">Publishes.</param>
/// <param name="status">Says whether the broker can be reached.</param>
/// <param name="clock">Paces what is tried again.</param>
/// <param name="logger">Takes the beginning of trouble and its end.</param>
internal abstract partial class OutboxSender<TMessage>(
    IOutbox<TMessage> outbox,
    Func<TMessage, MqttApplicationMessage> write,
    string what,
    BrokerPublisher publisher,
    BrokerStatus status,
    TimeProvider clock,
    ILogger logger
) : BackgroundService
{
    private const int AtOnce = 256;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(2);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
    private bool troubled;

    /// <summary>Done before each claim.</summary>
    /// <param name="stoppingToken">Ends the call.</param>
    protected virtual Task PrepareAsync(CancellationToken stoppingToken) => Task.CompletedTask;

    /// <summary>Settles messages that the broker has acknowledged and keeps for nobody: they are sent, unless the outbox knows better.</summary>
    /// <param name="messages">What was claimed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    protected virtual Task MarkUnsubscribedAsync(
        IReadOnlyList<TMessage> messages,
        CancellationToken cancellationToken
    ) => outbox.MarkSentAsync(messages, cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await status.WhenConnected.WaitAsync(stoppingToken);
                await SendDueAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was claimed is claimed again when the service is back.
        }
    }

    private async Task SendDueAsync(CancellationToken stoppingToken)
    {
        try
        {
            await PrepareAsync(stoppingToken);
            var next = outbox.Next;
            var claimed = await outbox.ClaimAsync(AtOnce, stoppingToken);
            if (claimed.Count == 0)
            {
                Recover();
                await Task.WhenAny(next, Task.Delay(LookAgain, clock, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
                return;
            }

            if (await SendAsync(claimed, stoppingToken) is { } fault)
            {
                await PauseAsync(fault, stoppingToken);
            }
            else
            {
                Recover();
            }
        }
        catch (Exception away) when (!stoppingToken.IsCancellationRequested)
        {
            await PauseAsync(away.GetBaseException().Message, stoppingToken);
        }
    }

    private async Task<string?> SendAsync(IReadOnlyList<TMessage> claimed, CancellationToken stoppingToken)
    {
        var deliveries = await Task.WhenAll(
            claimed.Select(message => publisher.DeliverAsync(write(message), stoppingToken))
        );
        var settled = claimed.Zip(deliveries).ToList();
        using var limit = new CancellationTokenSource(ReleaseLimit);
        var token = stoppingToken.IsCancellationRequested ? limit.Token : stoppingToken;
        await SettleAsync(outbox.MarkSentAsync, delivery => delivery is { Fault: null, HasSubscriber: true });
        await SettleAsync(MarkUnsubscribedAsync, delivery => delivery is { Fault: null, HasSubscriber: false });
        await SettleAsync(outbox.ReleaseAsync, delivery => delivery.Fault is not null);
        return deliveries.FirstOrDefault(delivery => delivery.Fault is not null).Fault;

        async Task SettleAsync(
            Func<IReadOnlyList<TMessage>, CancellationToken, Task> settle,
            Func<Delivery, bool> isMeant
        )
        {
            var messages = settled.Where(pair => isMeant(pair.Second)).Select(pair => pair.First).ToList();
            if (messages.Count > 0)
            {
                await settle(messages, token);
            }
        }
    }

    private async Task PauseAsync(string reason, CancellationToken stoppingToken)
    {
        if (!troubled)
        {
            troubled = true;
            LogTrouble(what, reason.ReplaceLineEndings(" "));
        }

        await Task.Delay(backoff.Next(), clock, stoppingToken);
    }

    private void Recover()
    {
        backoff.Reset();
        if (troubled)
        {
            troubled = false;
            LogRecovered(what);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{What} cannot be sent: {Reason}. They are tried again.")]
    private partial void LogTrouble(string what, string reason);

    [LoggerMessage(LogLevel.Information, "{What} are sent again.")]
    private partial void LogRecovered(string what);
}
