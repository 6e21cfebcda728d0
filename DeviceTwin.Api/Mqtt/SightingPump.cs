using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Stores what else is heard of devices: of those that are not known, that come online, that tell of other snaps or are in somebody's hands.
/// In batches, one entry a device; their messages are acknowledged after that. While the store is away the batch is kept, and the broker has to wait.
/// </summary>
internal sealed class SightingPump(
    Settings settings,
    HeardDevices heard,
    IIntake intake,
    RejectionLog rejections,
    StoreOutage outage,
    TimeProvider clock
) : BackgroundService
{
    private static readonly TimeSpan LockedPause = TimeSpan.FromMilliseconds(100);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    // What is stored next, and what is stored after that: what contradicts the batch's own of the same device.
    private SightingBatch batch = new();
    private SightingBatch later = new();

    // What contradicts both: gathering ends with it.
    private HeardDevice? leftOver;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await WaitForMoreAsync(stoppingToken);
                Gather();
                await FlushAsync(stoppingToken);
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
        await Task.WhenAny(
            heard.Reader.WaitToReadAsync(enough.Token).AsTask(),
            Task.Delay(batch.Count > 0 ? LockedPause : Timeout.InfiniteTimeSpan, clock, enough.Token)
        );
        await enough.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private void Gather()
    {
        if (leftOver is { } first)
        {
            leftOver = null;
            Add(first);
        }

        while (leftOver is null && batch.Count < settings.Mqtt.HeartbeatBatch && heard.Reader.TryRead(out var entry))
        {
            Add(entry);
        }
    }

    private void Add(HeardDevice entry)
    {
        if (!batch.TryAdd(entry) && !later.TryAdd(entry))
        {
            leftOver = entry;
        }
    }

    private async Task FlushAsync(CancellationToken stoppingToken)
    {
        HeardDevice[] entries = [.. batch.Devices];
        (batch, later) = (later, new SightingBatch());
        await StoreAsync(entries, stoppingToken);
    }

    private async Task StoreAsync(ArraySegment<HeardDevice> entries, CancellationToken stoppingToken)
    {
        Sighting[] sightings = [.. entries.Select(entry => entry.Sighting)];
        while (true)
        {
            try
            {
                var outcomes = await intake.StoreAsync(sightings, stoppingToken);
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
        ArraySegment<HeardDevice> entries,
        Exception refused,
        CancellationToken stoppingToken
    )
    {
        if (entries.Count == 1)
        {
            var entry = entries[0];
            rejections.Reject(entry.DeviceId, $"the store refuses it: {refused.GetBaseException().Message}");
            heard.Settle(entry);
            await Receipt.AcknowledgeAsync([.. entry.Receipts], stoppingToken);
            return;
        }

        var half = entries.Count / 2;
        await StoreAsync(entries[..half], stoppingToken);
        await StoreAsync(entries[half..], stoppingToken);
    }

    private async Task SettleAsync(
        ArraySegment<HeardDevice> entries,
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
                _ = batch.TryAdd(entry) || later.TryAdd(entry);
                continue;
            }

            if (outcomes[place] == SightingOutcome.OtherOrganization)
            {
                rejections.Reject(entry.DeviceId, "the device belongs to another organization");
            }

            heard.Settle(entry);
            settled.AddRange(entry.Receipts);
        }

        await Receipt.AcknowledgeAsync(settled, stoppingToken);
    }
}
