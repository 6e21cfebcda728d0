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
) : OrderedPump(channels.TwinMessages, channels.TwinCapacity, AtOnce, rejections, clock, logger)
{
    private const int AtOnce = 16;

    // The broker's acknowledgement of an answer may stand behind messages that wait for us. Were they to wait for it in turn, all
    // would stand still: so many answers may be under way, and what is beyond is left out.
    private readonly SemaphoreSlim places = new(channels.TwinCapacity);

    private readonly RejectionLog rejections = rejections;

    /// <inheritdoc/>
    public override void Dispose()
    {
        places.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task<Task> HandleAsync(InboundMessage message, CancellationToken stoppingToken) =>
        message.Asks ? TellAsync(message, stoppingToken) : PatchAsync(message, stoppingToken);

    /// <inheritdoc/>
    protected override async Task<Task> RejectAsync(
        InboundMessage message,
        string reason,
        CancellationToken stoppingToken
    )
    {
        var outcome = message.Asks ? null : await topics.RefuseAsync(message.Sender, reason, stoppingToken);
        var rejected = await base.RejectAsync(message, reason, stoppingToken);
        return outcome is null
            ? rejected
            : Answer(message, TwinMessages.Answer(message.Sender, outcome), stoppingToken);
    }

    private async Task<Task> PatchAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        var patch = ReportedPatchReader.Read(message.Sender, message.Payload);
        if (await topics.ApplyAsync(patch, stoppingToken) is not { } outcome)
        {
            return Task.CompletedTask;
        }

        // A new device that reports before it has a twin does nothing wrong.
        if (outcome.Refusal?.Code != ReportedRefusal.UnknownDevice)
        {
            await HearAsync(message, stoppingToken);
            if (outcome.Refusal is { } refusal)
            {
                await base.RejectAsync(message, $"{refusal.Code}: {refusal.Message.TrimEnd('.')}", stoppingToken);
            }
        }

        return Answer(message, TwinMessages.Answer(message.Sender, outcome), stoppingToken);
    }

    private async Task<Task> TellAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        if (await topics.ReadAsync(message.Sender, stoppingToken) is not { } twin)
        {
            return await base.RejectAsync(message, "there is no such device in sight", stoppingToken);
        }

        await HearAsync(message, stoppingToken);
        return Answer(message, TwinMessages.State(message.Sender, twin), stoppingToken);
    }

    private ValueTask HearAsync(InboundMessage message, CancellationToken stoppingToken) =>
        heard.AddAsync(new Sighting(message.Sender, null, null, message.ReceivedAt), stoppingToken);

    private Task Answer(InboundMessage message, MqttApplicationMessage answer, CancellationToken stoppingToken)
    {
        if (places.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            return PublishAsync(answer, stoppingToken);
        }

        rejections.Reject(message.Sender, "its answer is left out: too many wait for the broker");
        return Task.CompletedTask;
    }

    // It is tried once: where the connection is lost the broker delivers the device's message again, and where it refuses the answer
    // it would refuse it for ever.
    private async Task PublishAsync(MqttApplicationMessage answer, CancellationToken stoppingToken)
    {
        try
        {
            if (await publisher.PublishAsync(answer, stoppingToken) is { } fault)
            {
                LogUnanswered(answer.Topic, fault);
            }
        }
        finally
        {
            places.Release();
        }
    }

    [LoggerMessage(LogLevel.Debug, "The broker did not acknowledge an answer on {Topic}: {Reason}.")]
    private partial void LogUnanswered(string topic, string reason);
}
