using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Applies answers to actions.</summary>
internal sealed class AnswerPump(
    InboundChannels channels,
    HeardDevices heard,
    IIntake intake,
    RejectionLog rejections,
    TimeProvider clock,
    ILogger<AnswerPump> logger
) : OrderedPump(channels.Answers, channels.AnswerCapacity, AtOnce, rejections, clock, logger)
{
    // Those that wait together are stored together.
    private const int AtOnce = 128;

    /// <inheritdoc/>
    protected override async Task<Task> HandleAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        var answer = AnswerReader.Read(message.Sender, message.Payload, message.ReceivedAt);
        if (await intake.ApplyAsync(answer, stoppingToken) is { } reason)
        {
            return await RejectAsync(message, reason, stoppingToken);
        }

        await heard.AddAsync(new Sighting(message.Sender, null, null, message.ReceivedAt), stoppingToken);
        return Task.CompletedTask;
    }
}
