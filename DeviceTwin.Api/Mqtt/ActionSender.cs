using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Sends actions.</summary>
internal sealed class ActionSender(
    IOutbox outbox,
    BrokerPublisher publisher,
    BrokerStatus status,
    TimeProvider clock,
    ILogger<ActionSender> logger
) : OutboxSender<OutgoingAction>(outbox, ActionMessage.Create, "Actions", publisher, status, clock, logger);
