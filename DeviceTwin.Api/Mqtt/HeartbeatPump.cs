using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Stores heartbeats that only move instants, as nearly all do, in batches of one entry a device, and acknowledges their messages after
/// that. A batch is stored when it is full, when nothing more waits, or after a few milliseconds. What is not usual is the
/// <see cref="SightingPump"/>'s, so that a fleet that nobody knows does not hold up those that are known.
/// </summary>
internal sealed class HeartbeatPump(InboundChannels channels, HeardDevices heard, IIntake intake, PumpParts parts)
    : BackgroundService
{
    private static readonly TimeSpan GatherLimit = TimeSpan.FromMilliseconds(5);

    private readonly SightingBatch batch = new();

    // What contradicts the batch's own of the same device: gathering ends with it.
    private HeardDevice? leftOver;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (leftOver is not null || await channels.Heartbeats.Reader.WaitToReadAsync(stoppingToken))
            {
                await GatherAsync(stoppingToken);
                parts.Progress.HasWork(WorkerNames.Heartbeats);
                await StoreAsync([.. batch.Devices], stoppingToken);
                batch.Clear();
                parts.Progress.Idle(WorkerNames.Heartbeats);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not stored is not acknowledged: the broker delivers it again.
        }
    }

    private async Task GatherAsync(CancellationToken stoppingToken)
    {
        var start = parts.Clock.GetTimestamp();
        if (leftOver is { } first)
        {
            leftOver = null;
            await AddAsync(first, stoppingToken);
        }

        while (
            leftOver is null
            && batch.Count < parts.Settings.Mqtt.HeartbeatBatch
            && parts.Clock.GetElapsedTime(start) < GatherLimit
            && channels.Heartbeats.Reader.TryRead(out var message)
        )
        {
            if (await ReadAsync(message, stoppingToken) is { } heartbeat)
            {
                await AddAsync(new HeardDevice(heartbeat, message.Receipt, message.Payload), stoppingToken);
            }
        }
    }

    private async ValueTask AddAsync(HeardDevice entry, CancellationToken stoppingToken)
    {
        if (heard.Holds(entry.DeviceId))
        {
            await heard.AddAsync(entry, stoppingToken);
        }
        else if (!batch.TryAdd(entry))
        {
            leftOver = entry;
        }
    }

    private async Task<Sighting?> ReadAsync(InboundMessage message, CancellationToken stoppingToken)
    {
        try
        {
            parts.Faults.Reach(FaultPoints.HeartbeatReader, message.Sender);
            return HeartbeatReader.Read(message.Sender, message.Payload, message.ReceivedAt);
        }
        catch (MalformedMessageException malformed)
        {
            parts.Rejections.Reject(message.Sender, malformed.Message);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The reader's own fault: this message is kept for inspection, and the others go on.
            await parts.Failed.SetAsideAsync(
                WorkerNames.Heartbeats,
                message.Sender,
                message.Payload,
                fault,
                tries: 1,
                message.ReceivedAt,
                stoppingToken
            );
        }

        await message.Receipt.AcknowledgeAsync(stoppingToken);
        return null;
    }

    // What is not stored is the sighting pump's: it tries until the store is back, and sets aside what fails by its own fault. This one waits as soon as
    // that has its hands full.
    private Task StoreAsync(HeardDevice[] entries, CancellationToken stoppingToken) =>
        Halves.HandleAsync(
            entries,
            StoreUsualAsync,
            async (entry, _, token) => await heard.AddAsync(entry, token),
            stoppingToken
        );

    private async Task StoreUsualAsync(IReadOnlyList<HeardDevice> entries, CancellationToken stoppingToken)
    {
        HashSet<int> stored = [];
        try
        {
            stored.UnionWith(await intake.StoreUsualAsync([.. entries.Select(entry => entry.Sighting)], stoppingToken));
        }
        catch (Exception away) when (!stoppingToken.IsCancellationRequested && StoreFault.IsUnavailable(away))
        {
            parts.Outage.Begin(away);
        }

        await Receipt.AcknowledgeAsync([.. stored.Order().SelectMany(place => entries[place].Receipts)], stoppingToken);
        for (var place = 0; place < entries.Count; place++)
        {
            if (!stored.Contains(place))
            {
                await heard.AddAsync(entries[place], stoppingToken);
            }
        }
    }
}
