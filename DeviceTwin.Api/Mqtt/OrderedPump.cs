using System.Buffers;
using System.Threading.Channels;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Handles messages: in order for each device, several devices at once. One that fails is tried again after growing pauses, in which it keeps nobody but its
/// own device's later messages waiting, and is set aside after the configured tries, or at once when too many wait behind it. While the store is away all
/// wait. A message is acknowledged when it was handled, rejected or set aside.
/// </summary>
/// <param name="worker">The worker's name.</param>
/// <param name="channel">Where the messages wait.</param>
/// <param name="capacity">How many messages may have left the channel and not be done: as many as it holds itself, so that it stays a bound.</param>
/// <param name="atOnce">How many are handled at once.</param>
/// <param name="parts">What every pump uses.</param>
/// <param name="logger">Takes failures, for those who look closely.</param>
internal abstract partial class OrderedPump(
    string worker,
    Channel<InboundMessage> channel,
    int capacity,
    int atOnce,
    PumpParts parts,
    ILogger logger
) : BackgroundService, ISetAsideHandler
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim slots = new(atOnce);
    private readonly DeviceLanes lanes = new(capacity, parts.Settings.Worker.DevicePending);

    /// <inheritdoc/>
    public string Worker => worker;

    /// <inheritdoc/>
    public override void Dispose()
    {
        slots.Dispose();
        lanes.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public async Task<string?> RetryAsync(SetAsideItem item, CancellationToken cancellationToken)
    {
        var message = new InboundMessage(
            item.DeviceId!,
            new ReadOnlySequence<byte>(item.Payload!),
            item.FirstFailedAt,
            Receipt: default,
            FailedMessages.Asks(item.Key)
        );
        var handled = await HandleOrRejectAsync(message, cancellationToken);
        if (handled.Reply is { } reply)
        {
            await ReplyAsync(message, reply, cancellationToken);
        }

        return handled.Rejection;
    }

    /// <summary>Handles a message. What this throws is the message's failure, unless it says that the store is away or the row held.</summary>
    /// <param name="message">The message.</param>
    /// <param name="stoppingToken">Ends the call.</param>
    /// <exception cref="MalformedMessageException">It is rejected.</exception>
    protected abstract Task<HandledMessage> HandleAsync(InboundMessage message, CancellationToken stoppingToken);

    /// <summary>What is sent to the device for a message that is rejected or set aside: nothing, unless a pump says otherwise.</summary>
    /// <param name="message">The message.</param>
    /// <param name="reason">Why, in one line.</param>
    /// <param name="stoppingToken">Ends the call.</param>
    protected virtual Task<MqttApplicationMessage?> RefuseAsync(
        InboundMessage message,
        string reason,
        CancellationToken stoppingToken
    ) => Task.FromResult<MqttApplicationMessage?>(null);

    /// <summary>Sends a reply to a device, and waits for the broker to take it. The device's next message does not wait for that.</summary>
    /// <param name="message">The message that it replies to.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="stoppingToken">Ends the call.</param>
    protected virtual Task ReplyAsync(
        InboundMessage message,
        MqttApplicationMessage reply,
        CancellationToken stoppingToken
    ) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var message in channel.Reader.ReadAllAsync(stoppingToken))
            {
                await lanes.AddAsync(message, lane => RunAsync(lane, stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not handled is not acknowledged: the broker delivers it again.
        }

        await lanes.EndAsync();
    }

    private async Task RunAsync(DeviceLane lane, CancellationToken stoppingToken)
    {
        try
        {
            while (lanes.First(lane) is { } message)
            {
                var succeeded = await SettleOrLeaveAsync(lane, message, stoppingToken);
                lanes.Finish(lane, succeeded);
                NoteProgress();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // As in ExecuteAsync.
        }
    }

    // What fails behind the handling (the acknowledgement, the reply) must not end the lane: the broker delivers the message again.
    private async Task<bool> SettleOrLeaveAsync(
        DeviceLane lane,
        InboundMessage message,
        CancellationToken stoppingToken
    )
    {
        try
        {
            return await SettleAsync(lane, message, stoppingToken);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            LogLeft(message.Sender, fault);
            return true;
        }
    }

    // Gives whether it was handled or rejected, and not set aside.
    private async Task<bool> SettleAsync(DeviceLane lane, InboundMessage message, CancellationToken stoppingToken)
    {
        var backoff = new Backoff(FirstPause, LongestPause);
        long? heldSince = null;
        for (var tries = 0; ; )
        {
            parts.Progress.HasWork(worker);
            if (await TryAsync(message, stoppingToken) is not { } fault)
            {
                return true;
            }

            if (StoreFault.IsUnavailable(fault))
            {
                parts.Outage.Begin(fault);
                await Task.Delay(backoff.Next(), parts.Clock, stoppingToken);
                continue;
            }

            lanes.Fail(lane);
            NoteProgress();
            LogFailed(message.Sender, StoreFault.Reason(fault));
            if (fault is DeviceHeldException)
            {
                heldSince ??= parts.Clock.GetTimestamp();
                if (!lane.Crowded.IsCompleted || !IsHeldTooLong(heldSince.Value))
                {
                    await Task.Delay(backoff.Next(), parts.Clock, stoppingToken);
                    continue;
                }
            }
            else if (++tries < parts.Settings.Worker.Attempts && !StoreFault.IsRefusedData(fault))
            {
                await PauseAsync(lane, parts.Settings.Worker.PauseAfter(tries), stoppingToken);
                if (!lane.Crowded.IsCompleted)
                {
                    continue;
                }
            }

            await SetAsideAsync(message, fault, tries, stoppingToken);
            return false;
        }
    }

    private bool IsHeldTooLong(long since) => parts.Clock.GetElapsedTime(since) >= parts.Settings.Worker.BackoffLimit;

    private async Task PauseAsync(DeviceLane lane, TimeSpan pause, CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(Task.Delay(pause, parts.Clock, ended.Token), lane.Crowded);
        await ended.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task SetAsideAsync(
        InboundMessage message,
        Exception fault,
        int tries,
        CancellationToken stoppingToken
    )
    {
        await parts.Failed.SetAsideAsync(
            worker,
            message.Sender,
            message.Payload,
            fault,
            tries,
            message.ReceivedAt,
            stoppingToken,
            message.Asks
        );
        MqttApplicationMessage? reply = null;
        try
        {
            reply = await RefuseAsync(message, "it could not be applied and was set aside", stoppingToken);
        }
        catch (Exception unknown) when (!stoppingToken.IsCancellationRequested)
        {
            // The message is safe; its device only misses the reply.
            LogFailed(message.Sender, StoreFault.Reason(unknown));
        }

        await FinishAsync(message, reply, stoppingToken);
    }

    // Gives what went wrong; null where it is done.
    private async Task<Exception?> TryAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        HandledMessage handled;
        await slots.WaitAsync(stoppingToken);
        try
        {
            handled = await HandleOrRejectAsync(message, stoppingToken);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            return fault;
        }
        finally
        {
            slots.Release();
        }

        parts.Outage.End();
        if (handled.Rejection is { } reason)
        {
            parts.Rejections.Reject(message.Sender, reason);
        }

        await FinishAsync(message, handled.Reply, stoppingToken);
        return null;
    }

    private async Task<HandledMessage> HandleOrRejectAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        try
        {
            return await HandleAsync(message, stoppingToken);
        }
        catch (MalformedMessageException malformed)
        {
            return new(await RefuseAsync(message, malformed.Message, stoppingToken), malformed.Message);
        }
    }

    // Replies leave in order; only the broker's acknowledgement is not waited for.
    private Task FinishAsync(InboundMessage message, MqttApplicationMessage? reply, CancellationToken stoppingToken)
    {
        if (reply is null)
        {
            return message.Receipt.AcknowledgeAsync(stoppingToken);
        }

        _ = ReplyAndAcknowledgeAsync(message, reply, stoppingToken);
        return Task.CompletedTask;
    }

    private async Task ReplyAndAcknowledgeAsync(
        InboundMessage message,
        MqttApplicationMessage reply,
        CancellationToken stoppingToken
    )
    {
        await ReplyAsync(message, reply, stoppingToken);
        await message.Receipt.AcknowledgeAsync(stoppingToken);
    }

    private void NoteProgress()
    {
        if (lanes.IsIdle)
        {
            parts.Progress.Idle(worker);
        }
        else
        {
            parts.Progress.Progressed(worker);
        }
    }

    [LoggerMessage(LogLevel.Error, "A message of {DeviceId} is left unacknowledged")]
    private partial void LogLeft(string deviceId, Exception fault);

    [LoggerMessage(LogLevel.Debug, "A message of {DeviceId} could not be handled: {Reason}")]
    private partial void LogFailed(string deviceId, string reason);
}

/// <summary>What came of a message.</summary>
/// <param name="Reply">What is sent to its device; null for nothing.</param>
/// <param name="Rejection">Why it was rejected, in one line; null where it was taken.</param>
internal readonly record struct HandledMessage(MqttApplicationMessage? Reply, string? Rejection = null);
