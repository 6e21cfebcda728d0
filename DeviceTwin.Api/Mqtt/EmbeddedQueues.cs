using System.Collections.Concurrent;
using DeviceTwin.Api.Configuration;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Bounds what the embedded broker keeps for its clients, in bytes: for each and for all together. What a client has no room for is not kept for it, and its
/// sender gets that (MQTT 5, reason 16). The service's own queue loses nothing of QoS 1: while it is full, clients that publish have to wait. Nor is a
/// client read on that does not read what it is answered. MQTTnet only counts messages.
/// </summary>
internal sealed partial class EmbeddedQueues
{
    // The objects around a payload, and the topic.
    private const int CostOfMessage = 1024;

    // What each client may have when all together have too much, so that one that takes nothing does not keep actions from the others.
    private const int Assured = 64 * 1024;

    private const int MostAnswers = 1_000;

    private readonly MqttSettings settings;
    private readonly ILogger<EmbeddedQueues> logger;
    private readonly LineLimit lines;
    private readonly ConcurrentDictionary<string, ClientQueue> queues = new(StringComparer.Ordinal);
    private readonly SharedBytes ofDevices;
    private readonly ClientQueue ofService;

    // MQTTnet drops what is beyond its own limit, a number: publishers have to wait long before.
    private readonly long serviceLimit;

    /// <summary>Makes empty queues.</summary>
    /// <param name="settings">Hold the bounds.</param>
    /// <param name="clock">Gives the seconds of the log.</param>
    /// <param name="logger">Takes a line for each client that begins to lose messages.</param>
    public EmbeddedQueues(Settings settings, TimeProvider clock, ILogger<EmbeddedQueues> logger)
    {
        this.settings = settings.Mqtt;
        this.logger = logger;
        lines = new LineLimit(clock, LogLeftOut);
        // The service and the devices together have a half each.
        long half = this.settings.EmbeddedPendingTotal / 2;
        ofDevices = new SharedBytes(half);
        ofService = new ClientQueue(new SharedBytes(half));
        serviceLimit = Math.Min(half, this.settings.EmbeddedPendingLimit / 2L * CostOfMessage);
    }

    /// <summary>Attaches itself to the broker.</summary>
    /// <param name="server">The broker. What it does not allow is refused before this looks at it.</param>
    public void Attach(MqttServer server)
    {
        server.ValidatingConnectionAsync += BeginAsync;
        server.SessionDeletedAsync += EndAsync;
        server.InterceptingSubscriptionAsync += SubscribeAsync;
        server.InterceptingInboundPacketAsync += ReceiveAsync;
        server.InterceptingPublishAsync += PublishAsync;
        server.InterceptingClientEnqueueAsync += EnqueueAsync;
        server.InterceptingOutboundPacketAsync += SendAsync;
        server.ClientAcknowledgedPublishPacketAsync += AcknowledgeAsync;
    }

    private bool IsService(string clientId) => clientId == settings.ClientId;

    private ClientQueue Of(string clientId) =>
        IsService(clientId) ? ofService : queues.GetOrAdd(clientId, _ => new ClientQueue(ofDevices));

    private ClientQueue? Find(string clientId) => IsService(clientId) ? ofService : queues.GetValueOrDefault(clientId);

    private Task BeginAsync(ValidatingConnectionEventArgs client)
    {
        if (client.ReasonCode == MqttConnectReasonCode.Success && client.ClientId is { } id)
        {
            Of(id).Restart(isNewSession: client.CleanSession == true);
        }

        return Task.CompletedTask;
    }

    private Task EndAsync(SessionDeletedEventArgs session)
    {
        Find(session.Id)?.Restart(isNewSession: true);
        queues.TryRemove(session.Id, out _);
        return Task.CompletedTask;
    }

    // What is retained is kept once for all and counts for nobody, so when it is sent it has to be told from what does count.
    private static Task SubscribeAsync(InterceptingSubscriptionEventArgs subscription)
    {
        subscription.TopicFilter.RetainAsPublished = false;
        return Task.CompletedTask;
    }

    private Task ReceiveAsync(InterceptingPacketEventArgs received)
    {
        if (!IsAnswered(received.Packet) || IsService(received.ClientId))
        {
            return Task.CompletedTask;
        }

        var queue = Of(received.ClientId);
        queue.AddAnswer();
        return queue.WaitWhileAsync(queue => queue.Answers > MostAnswers, received.CancellationToken);
    }

    private Task PublishAsync(InterceptingPublishEventArgs message) =>
        message.ProcessPublish
        && !IsService(message.ClientId)
        && message.ApplicationMessage.QualityOfServiceLevel > MqttQualityOfServiceLevel.AtMostOnce
            ? ofService.WaitWhileAsync(queue => queue.Bytes >= serviceLimit, message.CancellationToken)
            : Task.CompletedTask;

    private Task EnqueueAsync(InterceptingClientApplicationMessageEnqueueEventArgs message)
    {
        var isUnassured = message.ApplicationMessage.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce;
        var cost = message.ApplicationMessage.Payload.Length + CostOfMessage;
        var queue = Of(message.ReceiverClientId);
        // Of QoS 1 the service is kept all: who published it has waited for room.
        var (limit, least) =
            !IsService(message.ReceiverClientId) ? (settings.EmbeddedPendingBytes, Assured)
            : isUnassured ? (serviceLimit, serviceLimit)
            : (long.MaxValue, long.MaxValue);
        if (!queue.TryAdd(cost, isUnassured, limit, least, out var isNews))
        {
            message.AcceptEnqueue = false;
            if (isNews && lines.TryTake())
            {
                LogFull(VisibleText.Of(message.ReceiverClientId), queue.Bytes);
            }
        }

        return Task.CompletedTask;
    }

    private Task SendAsync(InterceptingPacketEventArgs sent)
    {
        if (sent.Packet is MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce } message)
        {
            Remove(sent.ClientId, message);
        }
        else if (IsAnswer(sent.Packet))
        {
            Find(sent.ClientId)?.RemoveAnswer();
        }

        return Task.CompletedTask;
    }

    private Task AcknowledgeAsync(ClientAcknowledgedPublishPacketEventArgs acknowledged)
    {
        Remove(acknowledged.ClientId, acknowledged.PublishPacket);
        return Task.CompletedTask;
    }

    private void Remove(string clientId, MqttPublishPacket message)
    {
        if (!message.Retain)
        {
            Find(clientId)
                ?.Remove(
                    message.Payload.Length + CostOfMessage,
                    message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
                );
        }
    }

    private static bool IsAnswered(MqttPacket packet) =>
        packet
            is MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce }
                or MqttSubscribePacket
                or MqttUnsubscribePacket
                or MqttPingReqPacket
                or MqttPubRecPacket
                or MqttPubRelPacket;

    private static bool IsAnswer(MqttPacket packet) =>
        packet
            is MqttPubAckPacket
                or MqttPubRecPacket
                or MqttPubRelPacket
                or MqttPubCompPacket
                or MqttSubAckPacket
                or MqttUnsubAckPacket
                or MqttPingRespPacket;

    [LoggerMessage(
        LogLevel.Warning,
        "Client {ClientId} does not take what is sent to it: {Bytes} bytes wait. More is dropped until it does (mqtt.embedded.pending.bytes, mqtt.embedded.pending.total)."
    )]
    private partial void LogFull(string clientId, long bytes);

    [LoggerMessage(LogLevel.Warning, "{Count} more clients do not take what is sent to them.")]
    private partial void LogLeftOut(int count);
}
