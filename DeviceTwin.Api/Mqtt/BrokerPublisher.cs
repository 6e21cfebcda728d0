using MQTTnet;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Publishes messages and says what became of them.</summary>
/// <param name="connection">The connection.</param>
internal sealed class BrokerPublisher(BrokerConnection connection)
{
    private static readonly TimeSpan AcknowledgeLimit = TimeSpan.FromSeconds(15);

    /// <summary>Publishes a message. Gives null when the broker has acknowledged it, or why it has not, in one line.</summary>
    /// <inheritdoc cref="TryPublishAsync" />
    public async Task<string?> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken) =>
        (await TryPublishAsync(message, cancellationToken))?.Reason;

    /// <summary>Publishes a message. Gives null when the broker has acknowledged it, or why it has not.</summary>
    /// <param name="message">The message. That nobody listens to it just now is the broker's business.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PublishFault?> TryPublishAsync(
        MqttApplicationMessage message,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AcknowledgeLimit);
        try
        {
            var result = await connection.PublishAsync(message, limit.Token);
            return
                result.ReasonCode
                    is MqttClientPublishReasonCode.Success
                        or MqttClientPublishReasonCode.NoMatchingSubscribers
                ? null
                : new PublishFault(
                    $"the broker refuses a message on {message.Topic}: {result.ReasonCode} {result.ReasonString}".TrimEnd(),
                    IsBrokerAway: result.ReasonCode == MqttClientPublishReasonCode.QuotaExceeded
                );
        }
        catch (MqttProtocolViolationException fault)
        {
            return new PublishFault(BrokerFault.Describe(fault), IsBrokerAway: false);
        }
        catch (Exception fault)
            when (fault
                    is MqttCommunicationException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or IOException
            )
        {
            return new PublishFault(BrokerFault.Describe(fault), IsBrokerAway: true);
        }
    }
}

/// <summary>Why a message was not published.</summary>
/// <param name="Reason">Why, in one line.</param>
/// <param name="IsBrokerAway">Whether others would not have been published either: the connection was lost, or nothing came back in time.</param>
internal sealed record PublishFault(string Reason, bool IsBrokerAway);
