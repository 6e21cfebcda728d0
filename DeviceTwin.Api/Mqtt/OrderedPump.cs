using System.Threading.Channels;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Handles messages: in order for each device, several devices at once. One that cannot be handled now is tried again after a
/// pause, in which it keeps nobody but its own device's later messages waiting. It is acknowledged when it was handled or rejected.
/// </summary>
/// <param name="channel">Where the messages wait.</param>
/// <param name="capacity">How many messages may have left the channel and not be done: as many as it holds itself, so that it stays a bound.</param>
/// <param name="atOnce">How many are handled at once.</param>
/// <param name="rejections">Counts and logs what is rejected.</param>
/// <param name="clock">Paces what is tried again.</param>
/// <param name="logger">Hears of it.</param>
internal abstract partial class OrderedPump(
    Channel<InboundMessage> channel,
    int capacity,
    int atOnce,
    RejectionLog rejections,
    TimeProvider clock,
    ILogger logger
) : BackgroundService
{
    private readonly SemaphoreSlim slots = new(atOnce);
    private readonly SemaphoreSlim room = new(capacity);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> lastOfDevice = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void Dispose()
    {
        slots.Dispose();
        room.Dispose();
        base.Dispose();
    }

    /// <summary>Handles a message. It is tried again when this throws anything but what says that the message itself is at fault.</summary>
    /// <param name="message">The message.</param>
    /// <param name="stoppingToken">Ends the call.</param>
    /// <returns>What else must have ended before the message is acknowledged; the device's next message does not wait for it.</returns>
    /// <exception cref="MalformedMessageException">It is rejected.</exception>
    protected abstract Task<Task> HandleAsync(InboundMessage message, CancellationToken stoppingToken);

    /// <summary>Rejects a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="reason">Why, in one line.</param>
    /// <param name="stoppingToken">Ends the call.</param>
    /// <returns>As of <see cref="HandleAsync"/>.</returns>
    protected virtual Task<Task> RejectAsync(InboundMessage message, string reason, CancellationToken stoppingToken)
    {
        rejections.Reject(message.Sender, reason);
        return Task.FromResult(Task.CompletedTask);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var message in channel.Reader.ReadAllAsync(stoppingToken))
            {
                await room.WaitAsync(stoppingToken);
                Line(message, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not handled is not acknowledged: the broker delivers it again.
        }

        await FinishAsync();
    }

    // Each message of a device begins when the one before it has ended.
    private void Line(InboundMessage message, CancellationToken stoppingToken)
    {
        lock (gate)
        {
            var before = lastOfDevice.GetValueOrDefault(message.Sender, Task.CompletedTask);
            var mine = Task.Run(() => SettleAsync(before, message, stoppingToken), CancellationToken.None);
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

    private async Task SettleAsync(Task before, InboundMessage message, CancellationToken stoppingToken)
    {
        await before;
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
        try
        {
            Task? rest;
            while ((rest = await TryHandleAsync(message, stoppingToken)) is null)
            {
                await Task.Delay(backoff.Next(), clock, stoppingToken);
            }

            room.Release();
            var acknowledging = AcknowledgeAsync(message, rest, stoppingToken);
            if (rest.IsCompleted)
            {
                await acknowledging;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // As in ExecuteAsync.
        }
    }

    private static async Task AcknowledgeAsync(InboundMessage message, Task rest, CancellationToken stoppingToken)
    {
        await rest;
        await message.Receipt.AcknowledgeAsync(stoppingToken);
    }

    private async Task<Task?> TryHandleAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        await slots.WaitAsync(stoppingToken);
        try
        {
            return await HandleOrRejectAsync(message, stoppingToken);
        }
        catch (Exception notNow) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotNow(message.Sender, notNow.GetBaseException().Message.ReplaceLineEndings(" "));
            return null;
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<Task> HandleOrRejectAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        try
        {
            return await HandleAsync(message, stoppingToken);
        }
        catch (MalformedMessageException malformed)
        {
            return await RejectAsync(message, malformed.Message, stoppingToken);
        }
        catch (Exception refused) when (StoreFault.IsRefusedData(refused))
        {
            var reason = $"the store refuses it: {refused.GetBaseException().Message}";
            return await RejectAsync(message, reason, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A message of {DeviceId} cannot be handled now: {Reason}. It is tried again.")]
    private partial void LogNotNow(string deviceId, string reason);
}
