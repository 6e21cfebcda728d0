using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Data.SetAside;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Handles what devices report and ask on the twin topics, and answers them: after the commit, before the acknowledgement.</summary>
internal sealed partial class TwinTopicPump(
    InboundChannels channels,
    HeardDevices heard,
    ITwinTopics topics,
    BrokerPublisher publisher,
    PumpParts parts,
    ILogger<TwinTopicPump> logger
) : OrderedPump(WorkerNames.TwinTopics, channels.TwinMessages, channels.TwinCapacity, AtOnce, parts, logger)
{
    private const int AtOnce = 16;

    // The broker's acknowledgement of a reply may stand behind messages that wait for us. Were they to wait for it in turn, all
    // would stand still: so many replies may be under way, and what is beyond is left out.
    private readonly SemaphoreSlim places = new(channels.TwinCapacity);

    private readonly RejectionLog rejections = parts.Rejections;

    /// <inheritdoc/>
    public override void Dispose()
    {
        places.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task<HandledMessage> HandleAsync(InboundMessage message, CancellationToken stoppingToken) =>
        message.Asks ? TellAsync(message, stoppingToken) : PatchAsync(message, stoppingToken);

    /// <inheritdoc/>
    protected override async Task<MqttApplicationMessage?> RefuseAsync(
        InboundMessage message,
        string reason,
        CancellationToken stoppingToken
    ) =>
        !message.Asks && await topics.RefuseAsync(message.Sender, reason, stoppingToken) is { } outcome
            ? TwinMessages.Answer(message.Sender, outcome)
            : null;

    /// <inheritdoc/>
    protected override async Task ReplyAsync(
        InboundMessage message,
        MqttApplicationMessage reply,
        CancellationToken stoppingToken
    )
    {
        if (!places.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            rejections.Reject(message.Sender, "its answer is left out: too many wait for the broker");
            return;
        }

        // It is tried once: where the connection is lost the broker delivers the device's message again, and where it refuses the reply
        // it would refuse it for ever.
        try
        {
            if (await publisher.PublishAsync(reply, stoppingToken) is { } fault)
            {
                LogUnanswered(reply.Topic, fault);
            }
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<HandledMessage> PatchAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        var patch = ReportedPatchReader.Read(message.Sender, message.Payload);
        if (await topics.ApplyAsync(patch, stoppingToken) is not { } outcome)
        {
            return default;
        }

        var reply = TwinMessages.Answer(message.Sender, outcome);
        if (outcome.Refusal?.Code == ReportedRefusal.UnknownDevice)
        {
            // A new device that reports before it has a twin does nothing wrong.
            return new(reply);
        }

        await HearAsync(message, stoppingToken);
        return new(reply, outcome.Refusal is { } refusal ? $"{refusal.Code}: {refusal.Message.TrimEnd('.')}" : null);
    }

    private async Task<HandledMessage> TellAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        if (await topics.ReadAsync(message.Sender, stoppingToken) is not { } twin)
        {
            return new(null, "there is no such device");
        }

        await HearAsync(message, stoppingToken);
        return new(TwinMessages.State(message.Sender, twin));
    }

    private ValueTask HearAsync(InboundMessage message, CancellationToken stoppingToken) =>
        heard.AddAsync(new Sighting(message.Sender, null, null, message.ReceivedAt), stoppingToken);

    [LoggerMessage(LogLevel.Debug, "The broker did not acknowledge an answer on {Topic}: {Reason}.")]
    private partial void LogUnanswered(string topic, string reason);
}
