using System.Runtime.InteropServices;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Sightings that wait to be stored together: one for each device, with the receipts of all messages that it is made of.</summary>
internal sealed class HeartbeatBatch
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>How many devices it holds.</summary>
    public int Count => entries.Count;

    /// <summary>The devices' entries.</summary>
    public IReadOnlyCollection<Entry> Entries => entries.Values;

    /// <summary>
    /// Adds a sighting, merged with the device's other one. Where the two name different organizations it is not added: one of the two
    /// is wrong, and only the store knows which.
    /// </summary>
    /// <param name="sighting">What was heard.</param>
    /// <param name="receipts">The messages that it is made of.</param>
    /// <returns>Whether it was added.</returns>
    public bool TryAdd(Sighting sighting, params ReadOnlySpan<Receipt> receipts)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, sighting.DeviceId, out var exists);
        if (!exists || entry is null)
        {
            entry = new Entry(sighting);
        }
        else if (!entry.TryMerge(sighting))
        {
            return false;
        }

        entry.AddReceipts(receipts);
        return true;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => entries.Clear();

    /// <summary>What was heard of one device.</summary>
    /// <param name="sighting">What was heard first.</param>
    internal sealed class Entry(Sighting sighting)
    {
        private readonly List<Receipt> receipts = [];

        /// <summary>All of it in one.</summary>
        public Sighting Sighting { get; private set; } = sighting;

        /// <summary>The messages that somebody waits to have acknowledged.</summary>
        public ReadOnlySpan<Receipt> Receipts => CollectionsMarshal.AsSpan(receipts);

        /// <summary>Keeps the receipts that are awaited.</summary>
        public void AddReceipts(ReadOnlySpan<Receipt> added)
        {
            foreach (var receipt in added)
            {
                if (receipt.IsAwaited)
                {
                    receipts.Add(receipt);
                }
            }
        }

        /// <summary>Merges a later message: the newest heartbeat counts, with its hashes, and the newest instant of being heard.</summary>
        public bool TryMerge(Sighting later)
        {
            var earlier = Sighting;
            if (
                earlier.OrganizationId is { } known
                && later.OrganizationId is { } named
                && !string.Equals(known, named, StringComparison.Ordinal)
            )
            {
                return false;
            }

            // Without an organization it is no heartbeat and tells no hashes.
            var laterCounts =
                later.OrganizationId is not null
                && (earlier.OrganizationId is null || Nullable.Compare(later.HeartbeatAt, earlier.HeartbeatAt) >= 0);
            Sighting = (laterCounts ? later : earlier) with
            {
                SeenAt = later.SeenAt > earlier.SeenAt ? later.SeenAt : earlier.SeenAt,
            };
            return true;
        }
    }
}
