using System.Runtime.InteropServices;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Sightings that wait to be stored together: one for each device, with the receipts of all messages that it is made of.</summary>
internal sealed class SightingBatch
{
    private readonly Dictionary<string, HeardDevice> entries = new(StringComparer.Ordinal);

    /// <summary>How many devices it holds.</summary>
    public int Count => entries.Count;

    /// <summary>What was heard of each.</summary>
    public IReadOnlyCollection<HeardDevice> Devices => entries.Values;

    /// <summary>
    /// Adds what was heard of a device, merged with what it holds of it. Where the two name different organizations it is not added: one
    /// of the two is wrong, and only the store knows which.
    /// </summary>
    /// <param name="device">What was heard.</param>
    /// <returns>Whether it was added.</returns>
    public bool TryAdd(HeardDevice device)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, device.DeviceId, out _);
        if (held is not null)
        {
            return held.TryMerge(device);
        }

        held = device;
        return true;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => entries.Clear();
}
