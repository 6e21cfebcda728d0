using DeviceTwin.Api.Configuration;
using MQTTnet;
using MQTTnet.Packets;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Subscribes to what devices send.</summary>
/// <param name="channels">Say what to subscribe to.</param>
/// <param name="embedded">Says whether the broker is this process, which knows no shared subscriptions.</param>
/// <param name="settings">Name the shared subscription.</param>
/// <param name="logger">Takes refusals.</param>
internal sealed partial class BrokerSubscriptions(
    InboundChannels channels,
    EmbeddedBroker embedded,
    Settings settings,
    ILogger logger
)
{
    /// <summary>
    /// Subscribes. Without heartbeats or answers the service is of no use; without metrics it only misses figures, and a broker whose rules are older than
    /// the twin topics still serves the agents that do not know them either.
    /// </summary>
    /// <param name="client">The connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why the service is of no use at this broker, in one line; null where it is of use.</returns>
    public async Task<string?> SubscribeAsync(IMqttClient client, CancellationToken cancellationToken)
    {
        var share =
            embedded.IsWanted || string.IsNullOrEmpty(settings.Mqtt.SharedGroup)
                ? ""
                : $"$share/{settings.Mqtt.SharedGroup}/";
        string? refusal = null;
        foreach (var (filter, quality, isVital) in channels.Subscriptions)
        {
            var topic = new MqttTopicFilter { Topic = share + filter, QualityOfServiceLevel = quality };
            var answer = await client.SubscribeAsync(
                new MqttClientSubscribeOptions { TopicFilters = [topic] },
                cancellationToken
            );
            var code = answer.Items.Single().ResultCode;
            if (code > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                LogRefused(topic.Topic, code);
                refusal ??= isVital ? $"the broker refuses the subscription to {topic.Topic}: {code}" : null;
            }
        }

        return refusal;
    }

    [LoggerMessage(
        LogLevel.Error,
        "The broker refuses the subscription to {Filter}: {Code}. Its access rules must allow it."
    )]
    private partial void LogRefused(string filter, MqttClientSubscribeResultCode code);
}
