using MQTTnet;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Publishes messages and says what became of them.</summary>
/// <param name="connection">The connection.</param>
internal sealed class BrokerPublisher(BrokerConnection connection)
{
    private static readonly TimeSpan AcknowledgeLimit = TimeSpan.FromSeconds(15);

    /// <summary>Publishes a message. Gives null when the broker has acknowledged it, or why it has not, in one line.</summary>
    /// <param name="message">The message. Whether anybody is subscribed to it makes no difference.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string?> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken) =>
        (await DeliverAsync(message, cancellationToken)).Fault?.Reason;

    /// <summary>Publishes a message, and says whether anybody is subscribed to it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Delivery> DeliverAsync(MqttApplicationMessage message, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AcknowledgeLimit);
        try
        {
            var result = await connection.PublishAsync(message, limit.Token);
            return result.ReasonCode switch
            {
                MqttClientPublishReasonCode.Success => new(Fault: null, HasSubscriber: true),
                MqttClientPublishReasonCode.NoMatchingSubscribers => new(Fault: null, HasSubscriber: false),
                var code => new(
                    new PublishFault(
                        $"the broker refuses a message on {message.Topic}: {code} {result.ReasonString}".TrimEnd(),
                        IsBrokerAway: code == MqttClientPublishReasonCode.QuotaExceeded
                    )
                ),
            };
        }
        catch (MqttProtocolViolationException fault)
        {
            return new(new PublishFault(BrokerFault.Describe(fault), IsBrokerAway: false));
        }
        catch (Exception fault) when (BrokerFault.IsLoss(fault))
        {
            return new(new PublishFault(BrokerFault.Describe(fault), IsBrokerAway: true));
        }
    }
}

/// <summary>What became of a message.</summary>
/// <param name="Fault">Why the broker has not acknowledged it; null when it has.</param>
/// <param name="HasSubscriber">Whether the broker keeps it for somebody. Brokers that do not say so are taken to.</param>
internal readonly record struct Delivery(PublishFault? Fault, bool HasSubscriber = false);

/// <summary>Why a message was not published.</summary>
/// <param name="Reason">Why, in one line.</param>
/// <param name="IsBrokerAway">Whether others would not have been published either: the connection was lost, or nothing came back in time.</param>
internal sealed record PublishFault(string Reason, bool IsBrokerAway);
