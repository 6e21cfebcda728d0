using System.Buffers;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Stores what else is heard of devices: of those that are not known, that come online, that tell of other snaps or are in somebody's hands.
/// In batches, one entry a device; their messages are acknowledged after that. A device whose entry fails is tried apart from the others. While the store is
/// away the batch is kept, and the broker has to wait.
/// </summary>
internal sealed class SightingPump(HeardDevices heard, IIntake intake, PumpParts parts)
    : BackgroundService,
        ISetAsideHandler
{
    // Beside the heartbeat pump's, which does not wait for the store.
    private const string ProgressName = WorkerNames.Heartbeats + "-apart";

    private const string OtherOrganization = "the device belongs to another organization";

    private static readonly TimeSpan LockedPause = TimeSpan.FromMilliseconds(100);

    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    private readonly FailingDevices<HeardDevice> failing = new(
        parts.Settings.Worker,
        parts.Settings.Mqtt.IntakeCapacity,
        parts.Clock
    );

    // What is stored next, and what is stored after that: what contradicts the batch's own of the same device.
    private SightingBatch batch = new();
    private SightingBatch later = new();

    // What is added next: what contradicts both, and what waited behind an entry that failed.
    private readonly Queue<HeardDevice> leftOver = [];

    /// <inheritdoc/>
    public string Worker => WorkerNames.Heartbeats;

    /// <inheritdoc/>
    public async Task<string?> RetryAsync(SetAsideItem item, CancellationToken cancellationToken)
    {
        var payload = new ReadOnlySequence<byte>(item.Payload!);
        Sighting sighting;
        try
        {
            sighting = HeartbeatReader.Read(item.DeviceId!, payload, item.FirstFailedAt);
        }
        catch (MalformedMessageException malformed)
        {
            return malformed.Message;
        }

        return (await intake.StoreAsync([sighting], cancellationToken))[0] switch
        {
            SightingOutcome.OtherOrganization => OtherOrganization,
            SightingOutcome.Locked => throw new DeviceHeldException(sighting.DeviceId),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await WaitForMoreAsync(stoppingToken);
                parts.Progress.HasWork(ProgressName);
                Gather();
                await FlushAsync(stoppingToken);
                await HandleDueAsync(stoppingToken);
                parts.Progress.Idle(ProgressName);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not stored is not acknowledged: the broker delivers it again.
        }
    }

    // What is locked is not waited for longer than a short pause, and what failed not longer than until it is due.
    private async Task WaitForMoreAsync(CancellationToken stoppingToken)
    {
        var pause = failing.DueIn();
        if (batch.Count > 0 && (pause == Timeout.InfiniteTimeSpan || pause > LockedPause))
        {
            pause = LockedPause;
        }

        if (leftOver.Count > 0 || pause == TimeSpan.Zero)
        {
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(
            heard.Reader.WaitToReadAsync(enough.Token).AsTask(),
            Task.Delay(pause, parts.Clock, enough.Token)
        );
        await enough.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private void Gather()
    {
        while (batch.Count < parts.Settings.Mqtt.HeartbeatBatch && leftOver.TryPeek(out var first))
        {
            if (!TryAdd(first))
            {
                return;
            }

            leftOver.Dequeue();
        }

        while (batch.Count < parts.Settings.Mqtt.HeartbeatBatch && heard.Reader.TryRead(out var entry))
        {
            if (!TryAdd(entry))
            {
                leftOver.Enqueue(entry);
                return;
            }
        }
    }

    private bool TryAdd(HeardDevice entry) =>
        failing.TryAdd(entry.DeviceId, entry) || batch.TryAdd(entry) || later.TryAdd(entry);

    private async Task FlushAsync(CancellationToken stoppingToken)
    {
        HeardDevice[] entries = [.. batch.Devices];
        (batch, later) = (later, new SightingBatch());
        await Halves.HandleAsync(
            entries,
            StoreAsync,
            (entry, fault, _) =>
            {
                failing.Fail(entry.DeviceId, entry, fault);
                return Task.CompletedTask;
            },
            stoppingToken
        );
    }

    private async Task HandleDueAsync(CancellationToken stoppingToken)
    {
        var released = await failing.HandleDueAsync(
            (entry, token) => StoreAsync([entry], token),
            SetAsideAsync,
            stoppingToken
        );
        foreach (var entry in released)
        {
            leftOver.Enqueue(entry);
        }
    }

    // While the store is away it waits: nobody else could be stored either.
    private async Task StoreAsync(IReadOnlyList<HeardDevice> entries, CancellationToken stoppingToken)
    {
        Sighting[] sightings = [.. entries.Select(entry => entry.Sighting)];
        while (true)
        {
            try
            {
                var outcomes = await intake.StoreAsync(sightings, stoppingToken);
                backoff.Reset();
                parts.Outage.End();
                await SettleAsync(entries, outcomes, stoppingToken);
                return;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested && StoreFault.IsUnavailable(away))
            {
                parts.Outage.Begin(away);
                await Task.Delay(backoff.Next(), parts.Clock, stoppingToken);
            }
        }
    }

    private async Task SetAsideAsync(FailingDevice<HeardDevice> device, CancellationToken stoppingToken)
    {
        var entry = device.Item;
        if (entry.Payload.IsEmpty)
        {
            // Another message showed that the device is active; its next message shows it again.
            parts.Rejections.Reject(
                device.DeviceId,
                $"that it is active cannot be stored: {StoreFault.Reason(device.Fault).TrimEnd('.')}"
            );
        }
        else
        {
            await parts.Failed.SetAsideAsync(
                WorkerNames.Heartbeats,
                device.DeviceId,
                entry.Payload,
                device.Fault,
                device.Tries,
                entry.Sighting.SeenAt,
                stoppingToken
            );
        }

        heard.Settle(entry);
        await Receipt.AcknowledgeAsync([.. entry.Receipts], stoppingToken);
    }

    private async Task SettleAsync(
        IReadOnlyList<HeardDevice> entries,
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
                Hold(entry);
                continue;
            }

            if (outcomes[place] == SightingOutcome.OtherOrganization)
            {
                parts.Rejections.Reject(entry.DeviceId, OtherOrganization);
            }

            heard.Settle(entry);
            settled.AddRange(entry.Receipts);
        }

        await Receipt.AcknowledgeAsync(settled, stoppingToken);
    }

    private void Hold(HeardDevice entry)
    {
        var now = parts.Clock.GetUtcNow();
        entry.HeldSince ??= now;
        if (
            entry.Receipts.Count > parts.Settings.Worker.DevicePending
            && now - entry.HeldSince >= parts.Settings.Worker.BackoffLimit
        )
        {
            failing.Fail(entry.DeviceId, entry, new DeviceHeldException(entry.DeviceId), isSpent: true);
        }
        else if (!batch.TryAdd(entry) && !later.TryAdd(entry))
        {
            leftOver.Enqueue(entry);
        }
    }
}
