using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Sends desired properties to the topics on which the broker retains them. A broker that does not know our session may have lost
/// what it retained, too (or is another one): all are sent again then.
/// </summary>
internal sealed class DesiredSender(
    IDesiredOutbox outbox,
    Workers workers,
    BrokerPublisher publisher,
    BrokerStatus status,
    TimeProvider clock,
    ILogger<DesiredSender> logger
)
    : OutboxSender<OutgoingDocument>(
        WorkerNames.DesiredOutbox,
        outbox,
        TwinMessages.Desired,
        "Desired properties",
        workers,
        publisher,
        status,
        clock,
        logger
    )
{
    private readonly BrokerStatus status = status;
    private int sessionsSeen;

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken stoppingToken)
    {
        var sessions = status.NewSessions;
        if (sessions != sessionsSeen)
        {
            await outbox.SendAllAgainAsync(stoppingToken);
            sessionsSeen = sessions;
        }
    }
}
