using MQTTnet;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Publishes messages and says what became of them.</summary>
/// <param name="connection">The connection.</param>
internal sealed class BrokerPublisher(BrokerConnection connection)
{
    private static readonly TimeSpan AcknowledgeLimit = TimeSpan.FromSeconds(15);

    /// <summary>Publishes a message. Gives null when the broker has acknowledged it, or why it has not, in one line.</summary>
    /// <param name="message">The message. That nobody listens to it just now is the broker's business.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string?> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken)
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
                : $"the broker refuses a message on {message.Topic}: {result.ReasonCode} {result.ReasonString}".TrimEnd();
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
}
