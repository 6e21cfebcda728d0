using System.Collections.Concurrent;
using System.Threading.Channels;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// What the sighting pump is to store: heartbeats that do more than move instants, and devices that were heard by another message. It knows
/// whose heartbeats are not settled yet, so that no later one of the same device is stored, and told, before them.
/// </summary>
/// <param name="settings">Say how much may wait.</param>
internal sealed class HeardDevices(Settings settings)
{
    private readonly Channel<HeardDevice> channel = Channel.CreateBounded<HeardDevice>(
        new BoundedChannelOptions(settings.Mqtt.IntakeCapacity) { SingleReader = true }
    );

    // How many heartbeats of each device are not settled.
    private readonly ConcurrentDictionary<string, int> unsettled = new(StringComparer.Ordinal);

    /// <summary>Gives them out.</summary>
    public ChannelReader<HeardDevice> Reader => channel.Reader;

    /// <summary>Whether a heartbeat of a device is not settled yet.</summary>
    /// <param name="deviceId">The device.</param>
    public bool Holds(string deviceId) => unsettled.ContainsKey(deviceId);

    /// <summary>Adds a device that was heard by another message than a heartbeat; waits while too many wait.</summary>
    /// <param name="sighting">What was heard.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask AddAsync(Sighting sighting, CancellationToken cancellationToken) =>
        AddAsync(new HeardDevice(sighting), cancellationToken);

    /// <summary>Adds what was heard of a device; waits while too many wait.</summary>
    /// <param name="entry">What was heard.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask AddAsync(HeardDevice entry, CancellationToken cancellationToken)
    {
        if (entry.Heartbeats > 0)
        {
            unsettled.AddOrUpdate(entry.DeviceId, entry.Heartbeats, (_, count) => count + entry.Heartbeats);
        }

        return channel.Writer.WriteAsync(entry, cancellationToken);
    }

    /// <summary>An entry, with all that was merged into it, is stored or rejected.</summary>
    /// <param name="entry">The entry.</param>
    public void Settle(HeardDevice entry)
    {
        if (
            entry.Heartbeats > 0
            && unsettled.AddOrUpdate(entry.DeviceId, 0, (_, count) => count - entry.Heartbeats) == 0
        )
        {
            unsettled.TryRemove(KeyValuePair.Create(entry.DeviceId, 0));
        }
    }
}
