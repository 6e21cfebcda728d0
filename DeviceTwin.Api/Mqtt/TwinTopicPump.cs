using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Reporting;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Handles what devices report and ask on the twin topics, and answers them: after the commit, before the acknowledgement.</summary>
internal sealed partial class TwinTopicPump(
    InboundChannels channels,
    HeardDevices heard,
    ITwinTopics topics,
    BrokerPublisher publisher,
    RejectionLog rejections,
    TimeProvider clock,
    ILogger<TwinTopicPump> logger
) : OrderedPump(channels.TwinMessages, channels.TwinCapacity, rejections, clock, logger)
{
    /// <inheritdoc/>
    protected override Task HandleAsync(InboundMessage message, CancellationToken stoppingToken) =>
        message.Asks ? TellAsync(message, stoppingToken) : PatchAsync(message, stoppingToken);

    /// <inheritdoc/>
    protected override async Task RejectAsync(InboundMessage message, string reason, CancellationToken stoppingToken)
    {
        await base.RejectAsync(message, reason, stoppingToken);
        if (!message.Asks && await topics.RefuseAsync(message.Sender, reason, stoppingToken) is { } outcome)
        {
            await PublishAsync(TwinMessages.Answer(message.Sender, outcome), stoppingToken);
        }
    }

    private async Task PatchAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        var patch = ReportedPatchReader.Read(message.Sender, message.Payload);
        if (await topics.ApplyAsync(patch, stoppingToken) is not { } outcome)
        {
            return;
        }

        if (outcome.Refusal is { } refusal)
        {
            await base.RejectAsync(message, $"{refusal.Code}: {refusal.Message.TrimEnd('.')}", stoppingToken);
        }

        if (outcome.Refusal?.Code != ReportedRefusal.UnknownDevice)
        {
            await HearAsync(message, stoppingToken);
        }

        await PublishAsync(TwinMessages.Answer(message.Sender, outcome), stoppingToken);
    }

    private async Task TellAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        if (await topics.ReadAsync(message.Sender, stoppingToken) is { } twin)
        {
            await HearAsync(message, stoppingToken);
            await PublishAsync(TwinMessages.State(message.Sender, twin), stoppingToken);
        }
        else
        {
            await base.RejectAsync(message, "there is no such device in sight", stoppingToken);
        }
    }

    private ValueTask HearAsync(InboundMessage message, CancellationToken stoppingToken) =>
        heard.AddAsync(new Sighting(message.Sender, null, null, message.ReceivedAt), stoppingToken);

    // It is tried once: where the connection is lost the broker delivers the device's message again, and where it refuses the answer
    // it would refuse it for ever.
    private async Task PublishAsync(MqttApplicationMessage answer, CancellationToken stoppingToken)
    {
        if (await publisher.PublishAsync(answer, stoppingToken) is { } fault)
        {
            LogUnanswered(answer.Topic, fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "An answer on {Topic} did not go out: {Reason}.")]
    private partial void LogUnanswered(string topic, string reason);
}
