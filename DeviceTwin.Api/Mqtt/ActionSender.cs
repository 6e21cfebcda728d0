using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Sends actions. Devices answer as fast as they are asked: while many answers wait to be stored, nothing more is asked. Once the answers had filled
/// their channel, the heartbeats behind them would have to wait, too.
/// </summary>
internal sealed class ActionSender(
    IOutbox outbox,
    InboundChannels channels,
    Workers workers,
    BrokerPublisher publisher,
    BrokerStatus status,
    TimeProvider clock,
    ILogger<ActionSender> logger
)
    : OutboxSender<OutgoingAction>(
        WorkerNames.ActionOutbox,
        outbox,
        ActionMessage.Create,
        "Actions",
        workers,
        publisher,
        status,
        clock,
        logger
    )
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private readonly IOutbox outbox = outbox;
    private readonly TimeProvider clock = clock;

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken stoppingToken)
    {
        while (channels.Answers.Reader.Count > channels.AnswerCapacity / 4)
        {
            await Task.Delay(LookAgain, clock, stoppingToken);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The device has not subscribed to its actions: the broker has dropped what was published, and the action waits.</remarks>
    protected override Task MarkUnsubscribedAsync(
        IReadOnlyList<OutgoingAction> messages,
        CancellationToken cancellationToken
    ) => outbox.DeferAsync(messages, cancellationToken);
}
