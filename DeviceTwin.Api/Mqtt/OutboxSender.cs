using DeviceTwin.Api.Twins;
using MQTTnet;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Drains the outbox: claims actions, publishes them side by side, marks those that the broker has acknowledged, and gives the others
/// back. While the broker is away it claims nothing.
/// </summary>
internal sealed partial class OutboxSender(
    IOutbox outbox,
    BrokerConnection connection,
    BrokerStatus status,
    TimeProvider clock,
    ILogger<OutboxSender> logger
) : BackgroundService
{
    private const int AtOnce = 256;
    private static readonly TimeSpan AcknowledgeLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(2);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
    private bool troubled;

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
            // What was claimed is claimed again, with the same id, when the service is back.
        }
    }

    private async Task SendDueAsync(CancellationToken stoppingToken)
    {
        try
        {
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

    private async Task<string?> SendAsync(IReadOnlyList<OutgoingAction> claimed, CancellationToken stoppingToken)
    {
        var faults = await Task.WhenAll(claimed.Select(action => PublishAsync(action, stoppingToken)));
        var sent = claimed.Where((_, place) => faults[place] is null).ToList();
        var failed = claimed.Where((_, place) => faults[place] is not null).ToList();
        using var limit = new CancellationTokenSource(ReleaseLimit);
        if (sent.Count > 0)
        {
            await outbox.MarkSentAsync(sent, stoppingToken.IsCancellationRequested ? limit.Token : stoppingToken);
        }

        if (failed.Count > 0)
        {
            await outbox.ReleaseAsync(failed, stoppingToken.IsCancellationRequested ? limit.Token : stoppingToken);
        }

        return faults.FirstOrDefault(fault => fault is not null);
    }

    // Null when the broker has acknowledged it, else why not. That nobody listens just now is the broker's business.
    private async Task<string?> PublishAsync(OutgoingAction action, CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(AcknowledgeLimit);
        try
        {
            var result = await connection.PublishAsync(ActionMessage.Create(action), limit.Token);
            return
                result.ReasonCode
                    is MqttClientPublishReasonCode.Success
                        or MqttClientPublishReasonCode.NoMatchingSubscribers
                ? null
                : $"the broker refuses a message for {action.DeviceId}: {result.ReasonCode} {result.ReasonString}".TrimEnd();
        }
        catch (Exception fault)
            when (fault
                    is MqttCommunicationException
                        or MqttProtocolViolationException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or IOException
            )
        {
            return BrokerFault.Describe(fault);
        }
    }

    private async Task PauseAsync(string reason, CancellationToken stoppingToken)
    {
        if (!troubled)
        {
            troubled = true;
            LogTrouble(reason.ReplaceLineEndings(" "));
        }

        await Task.Delay(backoff.Next(), clock, stoppingToken);
    }

    private void Recover()
    {
        backoff.Reset();
        if (troubled)
        {
            troubled = false;
            LogRecovered();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Actions cannot be sent: {Reason}. They are tried again.")]
    private partial void LogTrouble(string reason);

    [LoggerMessage(LogLevel.Information, "Actions are sent again.")]
    private partial void LogRecovered();
}
