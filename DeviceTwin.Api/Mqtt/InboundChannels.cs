using System.Threading.Channels;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Where received messages wait: heartbeats, answers, metrics and what is said on the twin topics apart, so that slow answers do not hold heartbeats up before their
/// own channel is full. A full channel makes the broker wait; it neither drops nor grows.
/// </summary>
internal sealed class InboundChannels
{
    // Heartbeats and metrics are small; what is larger is not worth the memory that a full channel of it would take.
    private const int SmallPayloadLimit = 64 * 1024;

    // Answers are large (a snap list is tens of kilobytes) and few; so are patches.
    private const int LargePerCapacity = 10;

    private readonly ServiceCounters counters;
    private readonly RejectionLog rejections;
    private readonly TimeProvider clock;
    private readonly Route[] routes;

    /// <summary>Makes the channels as large as the settings say.</summary>
    /// <exception cref="SetupException">A topic filter has no place for the device's id.</exception>
    public InboundChannels(Settings settings, ServiceCounters counters, RejectionLog rejections, TimeProvider clock)
    {
        this.counters = counters;
        this.rejections = rejections;
        this.clock = clock;
        var mqtt = settings.Mqtt;
        var small = Math.Min(mqtt.PayloadLimit, SmallPayloadLimit);
        AnswerCapacity = Math.Max(16, mqtt.IntakeCapacity / LargePerCapacity);
        Heartbeats = Bounded(mqtt.IntakeCapacity);
        Metrics = Bounded(mqtt.IntakeCapacity);
        Answers = Bounded(AnswerCapacity);
        TwinMessages = Bounded(TwinCapacity);
        routes =
        [
            new(new(mqtt.HealthTopic, "mqtt.topic.health"), Heartbeats, small),
            new(new(mqtt.AnswerTopic, "mqtt.topic.pub"), Answers, mqtt.PayloadLimit),
            new(
                new("metrics/+", "metrics"),
                Metrics,
                small,
                Quality: MqttQualityOfServiceLevel.AtMostOnce,
                IsVital: false
            ),
            // What is larger than properties may be is taken in all the same: its device is told so.
            new(new("devices/twin/+/reported", "reported"), TwinMessages, mqtt.PayloadLimit, IsVital: false),
            new(new("devices/twin/+/get", "get"), TwinMessages, small, Asks: true, IsVital: false),
        ];
    }

    /// <summary>How many answers may wait.</summary>
    public int AnswerCapacity { get; }

    /// <summary>How many messages on the twin topics may wait.</summary>
    public int TwinCapacity => AnswerCapacity;

    /// <summary>Heartbeats.</summary>
    public Channel<InboundMessage> Heartbeats { get; }

    /// <summary>Answers to actions.</summary>
    public Channel<InboundMessage> Answers { get; }

    /// <summary>Lines of metrics.</summary>
    public Channel<InboundMessage> Metrics { get; }

    /// <summary>What devices say and ask on the twin topics.</summary>
    public Channel<InboundMessage> TwinMessages { get; }

    /// <summary>What is subscribed to, with which quality of service, and whether the service is of no use without it.</summary>
    public IEnumerable<(string Filter, MqttQualityOfServiceLevel Quality, bool IsVital)> Subscriptions =>
        routes.Select(route => (route.Pattern.Filter, route.Quality, route.IsVital));

    /// <summary>Gives a message its place, or rejects it for its topic or size, or because the broker retained it.</summary>
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
                        new(sender, packet.Payload, clock.GetUtcNow().UtcDateTime, receipt, route.Asks),
                        cancellationToken
                    );
            }
        }

        return RejectAsync(packet.Topic, "nothing was subscribed to with this topic", receipt, cancellationToken);
    }

    private static string? Fault(Route route, string sender, MqttPublishPacket packet)
    {
        // The broker sets the flag only on what it stored before we subscribed: when that was sent, and by whom, nobody knows. What a device
        // sends with the flag while we are subscribed comes without it. Retained messages are asked for all the same, so that they are counted.
        if (packet.Retain)
        {
            return "the broker retained it: only what the device sends now counts";
        }

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
        int PayloadLimit,
        bool Asks = false,
        MqttQualityOfServiceLevel Quality = MqttQualityOfServiceLevel.AtLeastOnce,
        bool IsVital = true
    );
}
