using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Stores heartbeats that only move instants, as nearly all do, in batches of one entry a device, and acknowledges their messages after
/// that. A batch is stored when it is full, when nothing more waits, or after a few milliseconds. What is not usual is the
/// <see cref="SightingPump"/>'s, so that a fleet that nobody knows does not hold up those that are known.
/// </summary>
internal sealed class HeartbeatPump(
    Settings settings,
    InboundChannels channels,
    HeardDevices heard,
    IIntake intake,
    RejectionLog rejections,
    StoreOutage outage,
    TimeProvider clock
) : BackgroundService
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
                await StoreAsync([.. batch.Devices], stoppingToken);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not stored is not acknowledged: the broker delivers it again.
        }
    }

    private async Task GatherAsync(CancellationToken stoppingToken)
    {
        var start = clock.GetTimestamp();
        if (leftOver is { } first)
        {
            leftOver = null;
            await AddAsync(first, stoppingToken);
        }

        while (
            leftOver is null
            && batch.Count < settings.Mqtt.HeartbeatBatch
            && clock.GetElapsedTime(start) < GatherLimit
            && channels.Heartbeats.Reader.TryRead(out var message)
        )
        {
            if (await ReadAsync(message, stoppingToken) is { } heartbeat)
            {
                await AddAsync(new HeardDevice(heartbeat, message.Receipt), stoppingToken);
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
            return HeartbeatReader.Read(message.Sender, message.Payload, message.ReceivedAt);
        }
        catch (MalformedMessageException malformed)
        {
            rejections.Reject(message.Sender, malformed.Message);
            await message.Receipt.AcknowledgeAsync(stoppingToken);
            return null;
        }
    }

    private async Task StoreAsync(HeardDevice[] entries, CancellationToken stoppingToken)
    {
        if (entries.Length == 0)
        {
            return;
        }

        var places = await StoreUsualAsync([.. entries.Select(entry => entry.Sighting)], stoppingToken);
        await Receipt.AcknowledgeAsync([.. places.SelectMany(place => entries[place].Receipts)], stoppingToken);
        var stored = places.ToHashSet();
        for (var place = 0; place < entries.Length; place++)
        {
            if (!stored.Contains(place))
            {
                await heard.AddAsync(entries[place], stoppingToken);
            }
        }
    }

    private async Task<IReadOnlyList<int>> StoreUsualAsync(Sighting[] sightings, CancellationToken stoppingToken)
    {
        try
        {
            return await intake.StoreUsualAsync(sightings, stoppingToken);
        }
        catch (Exception refused) when (StoreFault.IsRefusedData(refused))
        {
            // The sighting pump finds out whose.
            return [];
        }
        catch (Exception away) when (!stoppingToken.IsCancellationRequested)
        {
            // The sighting pump tries until it is back, and this one waits as soon as that has its hands full.
            outage.Begin(away);
            return [];
        }
    }
}
