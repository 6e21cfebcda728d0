using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Events;

/// <summary>
/// Somebody who listens to heartbeats, from its making until it is disposed or its reading ends. What it has not read yet is at
/// most one heartbeat a device, the newest, in the order in which the devices' first came. Read by one reader at a time.
/// </summary>
public sealed class HeartbeatListener : IDisposable
{
    private readonly HeartbeatFeed feed;
    private readonly Func<string, bool>? includes;
    private readonly Lock gate = new();
    private readonly Dictionary<string, StoredHeartbeat> newest = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(1);

    internal HeartbeatListener(
        HeartbeatFeed feed,
        string organizationId,
        IReadOnlySet<string>? deviceIds,
        Func<string, bool>? includes
    )
    {
        this.feed = feed;
        this.includes = includes;
        OrganizationId = organizationId;
        DeviceIds = deviceIds;
    }

    /// <summary>The organization that it listens to.</summary>
    public string OrganizationId { get; }

    /// <summary>The devices that it listens to; null for all.</summary>
    public IReadOnlySet<string>? DeviceIds { get; }

    /// <summary>How many heartbeats wait to be read: never more than there are devices.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return order.Count;
            }
        }
    }

    /// <summary>The heartbeats, without end. Ending the enumeration, or its token, disposes the listener.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<StoredHeartbeat> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var leaving = this;
        while (await wake.Reader.WaitToReadAsync(cancellationToken))
        {
            // Taken before looking, so that a heartbeat that comes after the look wakes again.
            wake.Reader.TryRead(out _);
            while (TryTake(out var heartbeat))
            {
                yield return heartbeat;
            }
        }
    }

    /// <summary>Stops listening and lets a reader end.</summary>
    public void Dispose() => End(fault: null);

    /// <summary>Stops listening and lets a reader end, with a fault where there is one.</summary>
    internal void End(Exception? fault)
    {
        feed.Leave(this);
        wake.Writer.TryComplete(fault);
    }

    /// <summary>Takes in the heartbeats of a batch that this listener wants. Never waits for the reader.</summary>
    /// <param name="batch">This organization's heartbeats, one a device.</param>
    internal void Offer(Dictionary<string, StoredHeartbeat> batch)
    {
        lock (gate)
        {
            if (DeviceIds is not null && DeviceIds.Count < batch.Count)
            {
                foreach (var deviceId in DeviceIds)
                {
                    if (batch.TryGetValue(deviceId, out var heartbeat))
                    {
                        Keep(heartbeat);
                    }
                }
            }
            else
            {
                foreach (var heartbeat in batch.Values)
                {
                    if (DeviceIds is null || DeviceIds.Contains(heartbeat.DeviceId))
                    {
                        Keep(heartbeat);
                    }
                }
            }

            if (order.Count > 0)
            {
                wake.Writer.TryWrite(true);
            }
        }
    }

    private void Keep(in StoredHeartbeat heartbeat)
    {
        if (includes is not null && !includes(heartbeat.DeviceId))
        {
            return;
        }

        if (newest.TryAdd(heartbeat.DeviceId, heartbeat))
        {
            order.Enqueue(heartbeat.DeviceId);
        }
        else if (heartbeat.At >= newest[heartbeat.DeviceId].At)
        {
            newest[heartbeat.DeviceId] = heartbeat;
        }
    }

    private bool TryTake(out StoredHeartbeat heartbeat)
    {
        lock (gate)
        {
            heartbeat = default;
            return order.TryDequeue(out var deviceId) && newest.Remove(deviceId, out heartbeat);
        }
    }
}
