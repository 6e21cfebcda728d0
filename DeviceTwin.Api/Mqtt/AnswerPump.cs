using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Applies answers to actions.</summary>
internal sealed class AnswerPump(
    InboundChannels channels,
    HeardDevices heard,
    IIntake intake,
    PumpParts parts,
    ILogger<AnswerPump> logger
) : OrderedPump(WorkerNames.ActionResponses, channels.Answers, channels.AnswerCapacity, AtOnce, parts, logger)
{
    // Those that wait together are stored together.
    private const int AtOnce = 128;

    /// <inheritdoc/>
    protected override async Task<HandledMessage> HandleAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        var answer = AnswerReader.Read(message.Sender, message.Payload, message.ReceivedAt);
        if (await intake.ApplyAsync(answer, stoppingToken) is { } reason)
        {
            return new(null, reason);
        }

        await heard.AddAsync(new Sighting(message.Sender, null, null, message.ReceivedAt), stoppingToken);
        return default;
    }
}
