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
    /// Adds what was heard of a device, merged with what it holds of it. Where the two name different organizations it is not added: one
    /// of the two is wrong, and only the store knows which.
    /// </summary>
    /// <param name="entry">What was heard.</param>
    /// <returns>Whether it was added.</returns>
    public bool TryAdd(Entry entry)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, entry.DeviceId, out _);
        if (held is not null)
        {
            return held.TryMerge(entry);
        }

        held = entry;
        return true;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => entries.Clear();

    /// <summary>What was heard of one device.</summary>
    internal sealed class Entry
    {
        private readonly List<Receipt> receipts = [];

        /// <summary>What one message says.</summary>
        /// <param name="sighting">What was heard.</param>
        /// <param name="receipt">Its message's.</param>
        public Entry(Sighting sighting, Receipt receipt = default)
        {
            Sighting = sighting;
            Heartbeats = sighting.HeartbeatAt is null ? 0 : 1;
            if (receipt.IsAwaited)
            {
                receipts.Add(receipt);
            }
        }

        /// <summary>The device.</summary>
        public string DeviceId => Sighting.DeviceId;

        /// <summary>All of it in one.</summary>
        public Sighting Sighting { get; private set; }

        /// <summary>The messages that somebody waits to have acknowledged.</summary>
        public IReadOnlyCollection<Receipt> Receipts => receipts;

        /// <summary>How many messages with an instant it is made of.</summary>
        public int Heartbeats { get; private set; }

        /// <summary>Merges a later entry: the newest heartbeat counts, with its hashes, and the newest instant of being heard.</summary>
        public bool TryMerge(Entry added)
        {
            var (earlier, later) = (Sighting, added.Sighting);
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
            receipts.AddRange(added.receipts);
            Heartbeats += added.Heartbeats;
            return true;
        }
    }
}
