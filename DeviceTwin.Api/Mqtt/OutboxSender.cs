using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Drains an outbox: claims messages, publishes them side by side, marks those that the broker has acknowledged, and gives the others
/// back. While the broker is away it claims nothing. A message that cannot be written or is refused is tried again apart, and set aside in the end.
/// </summary>
/// <typeparam name="TMessage">What the outbox holds.</typeparam>
/// <param name="worker">The worker's name.</param>
/// <param name="outbox">The outbox.</param>
/// <param name="write">Writes a message as its device reads it.</param>
/// <param name="what">What is sent, for the log; the beginning of a sentence.</param>
/// <param name="workers">Isolate messages that cannot be sent.</param>
/// <param name="publisher">Publishes.</param>
/// <param name="status">Says whether the broker can be reached.</param>
/// <param name="clock">Paces what is tried again.</param>
/// <param name="logger">Takes the beginning of trouble and its end.</param>
internal abstract partial class OutboxSender<TMessage>(
    string worker,
    IOutbox<TMessage> outbox,
    Func<TMessage, MqttApplicationMessage> write,
    string what,
    Workers workers,
    BrokerPublisher publisher,
    BrokerStatus status,
    TimeProvider clock,
    ILogger logger
) : BackgroundService
    where TMessage : IOutgoingMessage
{
    private const int AtOnce = 256;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(2);

    private readonly WorkerItems items = workers.Of(worker);
    private readonly OutboxSuspects suspects = new(status, clock);
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
                if (!status.WhenConnected.IsCompleted)
                {
                    // Readiness says by itself that the broker is away.
                    workers.Progress.Idle(worker);
                    await status.WhenConnected.WaitAsync(stoppingToken);
                }

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
            workers.Progress.HasWork(worker);
            var next = outbox.Next;
            var excluded = await items.ExcludedAsync(stoppingToken);
            var claimed = await outbox.ClaimAsync(AtOnce, excluded, stoppingToken);
            if (claimed.Count == 0)
            {
                workers.Progress.Idle(worker);
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
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            workers.Progress.HasWork(worker);
            await PauseAsync(fault.GetBaseException().Message, stoppingToken);
        }
    }

    /// <summary>Publishes what was claimed. Gives why the broker took some of it from nobody; null where it works.</summary>
    private async Task<string?> SendAsync(IReadOnlyList<TMessage> claimed, CancellationToken stoppingToken)
    {
        var sent = new List<TMessage>(claimed.Count);
        var unsubscribed = new List<TMessage>();
        var failed = new List<(TMessage Message, Exception Fault)>();
        string? away = null;
        foreach (var group in Groups(claimed))
        {
            var working = suspects.IsBrokerWorking;
            var attempts = await Task.WhenAll(group.Select(message => PublishAsync(message, stoppingToken)));
            for (var index = 0; index < group.Count; index++)
            {
                if (attempts[index] is not { Fault: { } fault } attempt)
                {
                    (attempts[index].HasSubscriber ? sent : unsubscribed).Add(group[index]);
                }
                else if (!attempt.IsBrokerAway || (working && group.Count == 1))
                {
                    failed.Add((group[index], fault));
                }
            }

            away = attempts.FirstOrDefault(attempt => attempt.IsBrokerAway).Fault?.Message;
            suspects.Note(group, [.. sent, .. unsubscribed], away is not null);
            if (away is not null)
            {
                break;
            }
        }

        await SettleAsync(claimed, sent, unsubscribed, failed, stoppingToken);
        return away;
    }

    /// <summary>What goes side by side, and then, one by one, what has failed before: a message that makes the broker end the connection shows so.</summary>
    private IEnumerable<IReadOnlyList<TMessage>> Groups(IReadOnlyList<TMessage> claimed)
    {
        var apart = claimed.ToLookup(message => suspects.Contains(message.Key) || items.IsFailing(message.Key));
        return
        [
            .. apart[false].Chunk(AtOnce),
            .. apart[true].OrderBy(message => message.Key == suspects.Last).Select(message => new[] { message }),
        ];
    }

    private async Task<Attempt> PublishAsync(TMessage message, CancellationToken stoppingToken)
    {
        try
        {
            items.Reach(message.DeviceId);
            var delivery = await publisher.DeliverAsync(write(message), stoppingToken);
            return delivery.Fault is { } fault
                ? new Attempt(new NotPublishedException(fault.Reason), fault.IsBrokerAway)
                : new Attempt(HasSubscriber: delivery.HasSubscriber);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            return new Attempt(fault);
        }
    }

    private async Task SettleAsync(
        IReadOnlyList<TMessage> claimed,
        List<TMessage> sent,
        List<TMessage> unsubscribed,
        List<(TMessage Message, Exception Fault)> failed,
        CancellationToken stoppingToken
    )
    {
        using var limit = new CancellationTokenSource(ReleaseLimit);
        var token = stoppingToken.IsCancellationRequested ? limit.Token : stoppingToken;
        await items.HandleAsync(sent, Describe, outbox.MarkSentAsync, token);
        await items.HandleAsync(unsubscribed, Describe, MarkUnsubscribedAsync, token);
        foreach (var (message, fault) in failed)
        {
            await items.FailAsync(Describe(message), fault, token);
        }

        // One that cannot be given back is free when its lease ends.
        await Halves.HandleAsync<TMessage>(
            sent.Count + unsubscribed.Count == claimed.Count ? [] : [.. claimed.Except(sent).Except(unsubscribed)],
            outbox.ReleaseAsync,
            (_, _, _) => Task.CompletedTask,
            token
        );
    }

    private static FailedItem Describe(TMessage message) => new(message.Key, OrganizationId: null, message.DeviceId);

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

    private readonly record struct Attempt(
        Exception? Fault = null,
        bool IsBrokerAway = false,
        bool HasSubscriber = false
    );
}

/// <summary>The broker did not take a message.</summary>
/// <param name="reason">Why, in one line.</param>
internal sealed class NotPublishedException(string reason) : Exception(reason);
