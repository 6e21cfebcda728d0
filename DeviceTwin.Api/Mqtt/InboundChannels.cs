using System.Threading.Channels;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Where received messages wait: heartbeats, answers and metrics apart, so that slow answers do not hold heartbeats up before their
/// own channel is full. A full channel makes the broker wait; it neither drops nor grows.
/// </summary>
internal sealed class InboundChannels
{
    // Heartbeats and metrics are small; what is larger is not worth the memory that a full channel of it would take.
    private const int SmallPayloadLimit = 64 * 1024;

    // Answers are large (a snap list is tens of kilobytes) and few.
    private const int AnswersPerCapacity = 10;

    private readonly ServiceCounters counters;
    private readonly RejectionLog rejections;
    private readonly TimeProvider clock;
    private readonly Route[] routes;

    /// <summary>Makes the channels as large as the settings say.</summary>
    /// <exception cref="MqttSetupException">A topic filter has no place for the device's id.</exception>
    public InboundChannels(Settings settings, ServiceCounters counters, RejectionLog rejections, TimeProvider clock)
    {
        this.counters = counters;
        this.rejections = rejections;
        this.clock = clock;
        var mqtt = settings.Mqtt;
        var small = Math.Min(mqtt.PayloadLimit, SmallPayloadLimit);
        AnswerCapacity = Math.Max(16, mqtt.IntakeCapacity / AnswersPerCapacity);
        Heartbeats = Bounded(mqtt.IntakeCapacity);
        Metrics = Bounded(mqtt.IntakeCapacity);
        Answers = Bounded(AnswerCapacity);
        routes =
        [
            new(new(mqtt.HealthTopic, "mqtt.topic.health"), Heartbeats, MqttQualityOfServiceLevel.AtLeastOnce, small),
            new(
                new(mqtt.AnswerTopic, "mqtt.topic.pub"),
                Answers,
                MqttQualityOfServiceLevel.AtLeastOnce,
                mqtt.PayloadLimit
            ),
            new(new("metrics/+", "metrics"), Metrics, MqttQualityOfServiceLevel.AtMostOnce, small),
        ];
    }

    /// <summary>How many answers may wait.</summary>
    public int AnswerCapacity { get; }

    /// <summary>Heartbeats.</summary>
    public Channel<InboundMessage> Heartbeats { get; }

    /// <summary>Answers to actions.</summary>
    public Channel<InboundMessage> Answers { get; }

    /// <summary>Lines of metrics.</summary>
    public Channel<InboundMessage> Metrics { get; }

    /// <summary>What is subscribed to, and with which quality of service.</summary>
    public IEnumerable<(string Filter, MqttQualityOfServiceLevel Quality)> Subscriptions =>
        routes.Select(route => (route.Pattern.Filter, route.Quality));

    /// <summary>Gives a message its place, or rejects it for its topic or size.</summary>
    /// <param name="link">The connection that it came by.</param>
    /// <param name="packet">The message.</param>
    /// <param name="cancellationToken">The connection is lost.</param>
    public ValueTask TakeAsync(BrokerLink link, MqttPublishPacket packet, CancellationToken cancellationToken)
    {
        counters.CountReceived();
        var receipt =
            packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
                ? default
                : new Receipt(link, packet.PacketIdentifier);
        foreach (var route in routes)
        {
            if (route.Pattern.TryMatch(packet.Topic, out var sender))
            {
                return Fault(route, sender, packet) is { } fault
                    ? RejectAsync(sender, fault, receipt, cancellationToken)
                    : route.Channel.Writer.WriteAsync(
                        new(sender, packet.Payload, clock.GetUtcNow().UtcDateTime, receipt),
                        cancellationToken
                    );
            }
        }

        return RejectAsync(packet.Topic, "nothing was subscribed to with this topic", receipt, cancellationToken);
    }

    private static string? Fault(Route route, string sender, MqttPublishPacket packet)
    {
        try
        {
            Identifier.CheckedDevice(sender, "the id in the topic");
        }
        catch (MalformedMessageException malformed)
        {
            return malformed.Message;
        }

        return packet.Payload.Length > route.PayloadLimit
            ? $"the payload is larger than {route.PayloadLimit} bytes"
            : null;
    }

    private async ValueTask RejectAsync(
        string sender,
        string reason,
        Receipt receipt,
        CancellationToken cancellationToken
    )
    {
        rejections.Reject(sender, reason);
        await receipt.AcknowledgeAsync(cancellationToken);
    }

    private static Channel<InboundMessage> Bounded(int capacity) =>
        Channel.CreateBounded<InboundMessage>(new BoundedChannelOptions(capacity) { SingleReader = true });

    private sealed record Route(
        TopicPattern Pattern,
        Channel<InboundMessage> Channel,
        MqttQualityOfServiceLevel Quality,
        int PayloadLimit
    );
}
