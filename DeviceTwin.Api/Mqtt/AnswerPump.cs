using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Applies answers: in order for each device, several devices at once. An answer that cannot be applied now is tried again after a
/// pause, in which it keeps nobody but its own device's later answers waiting. It is acknowledged when it was applied or rejected.
/// </summary>
internal sealed partial class AnswerPump(
    InboundChannels channels,
    HeardDevices heard,
    IIntake intake,
    RejectionLog rejections,
    TimeProvider clock,
    ILogger<AnswerPump> logger
) : BackgroundService
{
    private const int AtOnce = 16;

    private readonly SemaphoreSlim slots = new(AtOnce);

    // Answers that left the channel and are not done: as many as the channel itself holds, so that a channel stays a bound.
    private readonly SemaphoreSlim room = new(channels.AnswerCapacity);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> lastOfDevice = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Dispose()
    {
        slots.Dispose();
        room.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var message in channels.Answers.Reader.ReadAllAsync(stoppingToken))
            {
                await room.WaitAsync(stoppingToken);
                Line(message, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not applied is not acknowledged: the broker delivers it again.
        }

        await FinishAsync();
    }

    // Each answer of a device begins when the one before it has ended.
    private void Line(InboundMessage message, CancellationToken stoppingToken)
    {
        lock (gate)
        {
            var before = lastOfDevice.GetValueOrDefault(message.Sender, Task.CompletedTask);
            var mine = Task.Run(() => HandleAsync(before, message, stoppingToken), CancellationToken.None);
            lastOfDevice[message.Sender] = mine;
            _ = mine.ContinueWith(
                done => Leave(message.Sender, done),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }
    }

    private void Leave(string deviceId, Task done)
    {
        lock (gate)
        {
            if (lastOfDevice.GetValueOrDefault(deviceId) == done)
            {
                lastOfDevice.Remove(deviceId);
            }
        }
    }

    private Task FinishAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(lastOfDevice.Values);
        }
    }

    private async Task HandleAsync(Task before, InboundMessage message, CancellationToken stoppingToken)
    {
        await before;
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
        try
        {
            while (!await TryApplyAsync(message, stoppingToken))
            {
                await Task.Delay(backoff.Next(), clock, stoppingToken);
            }

            await message.Receipt.AcknowledgeAsync(stoppingToken);
            room.Release();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // As in ExecuteAsync.
        }
    }

    private async Task<bool> TryApplyAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        await slots.WaitAsync(stoppingToken);
        try
        {
            var answer = AnswerReader.Read(message.Sender, message.Payload, message.ReceivedAt);
            if (await intake.ApplyAsync(answer, stoppingToken) is { } reason)
            {
                rejections.Reject(message.Sender, reason);
            }
            else
            {
                await heard.AddAsync(new Sighting(message.Sender, null, null, message.ReceivedAt), stoppingToken);
            }

            return true;
        }
        catch (MalformedMessageException malformed)
        {
            rejections.Reject(message.Sender, malformed.Message);
            return true;
        }
        catch (Exception refused) when (StoreFault.IsRefusedData(refused))
        {
            rejections.Reject(message.Sender, $"the store refuses it: {refused.GetBaseException().Message}");
            return true;
        }
        catch (Exception notNow) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotNow(message.Sender, notNow.GetBaseException().Message.ReplaceLineEndings(" "));
            return false;
        }
        finally
        {
            slots.Release();
        }
    }

    [LoggerMessage(LogLevel.Debug, "An answer of {DeviceId} cannot be applied now: {Reason}. It is tried again.")]
    private partial void LogNotNow(string deviceId, string reason);
}
