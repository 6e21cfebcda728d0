using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Stores heartbeats in batches, one entry a device, and acknowledges their messages after that. A batch is stored when it is full, when
/// nothing more waits, or after a few milliseconds. While the store is away the batch is kept, and the broker has to wait.
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
    private static readonly TimeSpan LockedPause = TimeSpan.FromMilliseconds(100);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    // What is stored next, and what is stored after that: sightings that contradict the batch's own of the same device.
    private HeartbeatBatch batch = new();
    private HeartbeatBatch later = new();

    // What contradicts both: gathering ends with it.
    private (Sighting Sighting, Receipt Receipt)? leftOver;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await WaitForMoreAsync(stoppingToken);
                await GatherAsync(stoppingToken);
                if (batch.Count > 0)
                {
                    await FlushAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not stored is not acknowledged: the broker delivers it again.
        }
    }

    // What is locked is not waited for longer than a short pause.
    private async Task WaitForMoreAsync(CancellationToken stoppingToken)
    {
        if (leftOver is not null)
        {
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var arrivals = Task.WhenAny(
            channels.Heartbeats.Reader.WaitToReadAsync(enough.Token).AsTask(),
            heard.Reader.WaitToReadAsync(enough.Token).AsTask(),
            Task.Delay(batch.Count > 0 ? LockedPause : Timeout.InfiniteTimeSpan, clock, enough.Token)
        );
        await arrivals;
        await enough.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task GatherAsync(CancellationToken stoppingToken)
    {
        var start = clock.GetTimestamp();
        if (leftOver is { } first)
        {
            leftOver = null;
            Add(first.Sighting, first.Receipt);
        }

        while (
            leftOver is null && batch.Count < settings.Mqtt.HeartbeatBatch && clock.GetElapsedTime(start) < GatherLimit
        )
        {
            if (channels.Heartbeats.Reader.TryRead(out var message))
            {
                if (await ReadAsync(message, stoppingToken) is { } heartbeat)
                {
                    Add(heartbeat, message.Receipt);
                }
            }
            else if (heard.Reader.TryRead(out var sighting))
            {
                Add(sighting, default);
            }
            else
            {
                return;
            }
        }
    }

    private void Add(Sighting sighting, Receipt receipt)
    {
        if (!batch.TryAdd(sighting, receipt) && !later.TryAdd(sighting, receipt))
        {
            leftOver = (sighting, receipt);
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

    private async Task FlushAsync(CancellationToken stoppingToken)
    {
        HeartbeatBatch.Entry[] entries = [.. batch.Entries];
        (batch, later) = (later, new HeartbeatBatch());
        await StoreAsync(entries, stoppingToken);
    }

    private async Task StoreAsync(ArraySegment<HeartbeatBatch.Entry> entries, CancellationToken stoppingToken)
    {
        Sighting[] stored = [.. entries.Select(entry => entry.Sighting)];
        while (true)
        {
            try
            {
                var outcomes = await intake.StoreAsync(stored, stoppingToken);
                backoff.Reset();
                outage.End();
                await SettleAsync(entries, outcomes, stoppingToken);
                return;
            }
            catch (Exception refused) when (StoreFault.IsRefusedData(refused))
            {
                await StoreApartAsync(entries, refused, stoppingToken);
                return;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                outage.Begin(away);
                await Task.Delay(backoff.Next(), clock, stoppingToken);
            }
        }
    }

    // One that can never be stored must not hold up the others: halves find it.
    private async Task StoreApartAsync(
        ArraySegment<HeartbeatBatch.Entry> entries,
        Exception refused,
        CancellationToken stoppingToken
    )
    {
        if (entries.Count == 1)
        {
            rejections.Reject(
                entries[0].Sighting.DeviceId,
                $"the store refuses it: {refused.GetBaseException().Message}"
            );
            await Receipt.AcknowledgeAsync([.. entries[0].Receipts], stoppingToken);
            return;
        }

        var half = entries.Count / 2;
        await StoreAsync(entries[..half], stoppingToken);
        await StoreAsync(entries[half..], stoppingToken);
    }

    private async Task SettleAsync(
        ArraySegment<HeartbeatBatch.Entry> entries,
        IReadOnlyList<SightingOutcome> outcomes,
        CancellationToken stoppingToken
    )
    {
        var settled = new List<Receipt>();
        for (var place = 0; place < entries.Count; place++)
        {
            var entry = entries[place];
            if (outcomes[place] == SightingOutcome.Locked)
            {
                // One of the two takes it: nothing is in the second yet but locked devices, each once.
                _ = batch.TryAdd(entry.Sighting, entry.Receipts) || later.TryAdd(entry.Sighting, entry.Receipts);
                continue;
            }

            if (outcomes[place] == SightingOutcome.OtherOrganization)
            {
                rejections.Reject(entry.Sighting.DeviceId, "the device belongs to another organization");
            }

            settled.AddRange(entry.Receipts);
        }

        await Receipt.AcknowledgeAsync(settled, stoppingToken);
    }
}
