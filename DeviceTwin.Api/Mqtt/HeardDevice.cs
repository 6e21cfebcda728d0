using System.Buffers;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>What was heard of one device, by one message or several.</summary>
internal sealed class HeardDevice
{
    private readonly List<Receipt> receipts = [];

    /// <summary>What one message says.</summary>
    /// <param name="sighting">What was heard.</param>
    /// <param name="receipt">Its message's.</param>
    /// <param name="payload">Its content, where it is a heartbeat.</param>
    public HeardDevice(Sighting sighting, Receipt receipt = default, ReadOnlySequence<byte> payload = default)
    {
        Sighting = sighting;
        Payload = payload;
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

    /// <summary>The content of the heartbeat that counts; empty where there is none.</summary>
    public ReadOnlySequence<byte> Payload { get; private set; }

    /// <summary>Since when another transaction holds the device's row (our clock); null while none is known to.</summary>
    public DateTimeOffset? HeldSince { get; set; }

    /// <summary>The messages that somebody waits to have acknowledged.</summary>
    public IReadOnlyCollection<Receipt> Receipts => receipts;

    /// <summary>How many messages with an instant it is made of.</summary>
    public int Heartbeats { get; private set; }

    /// <summary>Merges what was heard later: the newest heartbeat counts, with its hashes, and the newest instant of being heard.</summary>
    /// <param name="added">What was heard later.</param>
    /// <returns>Whether both name one organization.</returns>
    public bool TryMerge(HeardDevice added)
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
            && (
                earlier.OrganizationId is null
                || Nullable.Compare(later.HeartbeatToStore, earlier.HeartbeatToStore) >= 0
            );
        Sighting = (laterCounts ? later : earlier) with
        {
            SeenAt = later.SeenAt > earlier.SeenAt ? later.SeenAt : earlier.SeenAt,
        };
        Payload = laterCounts ? added.Payload : Payload;
        HeldSince ??= added.HeldSince;
        receipts.AddRange(added.receipts);
        Heartbeats += added.Heartbeats;
        return true;
    }
}
