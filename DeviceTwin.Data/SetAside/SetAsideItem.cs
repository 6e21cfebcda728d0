using System.Globalization;

namespace DeviceTwin.Data.SetAside;

/// <summary>
/// An item that a worker tried as often as it may and could not handle: kept with its reason until somebody retries or drops it. The worker leaves it
/// out until then, and handles all others.
/// </summary>
public sealed class SetAsideItem
{
    /// <summary>Grows with every item.</summary>
    public long Id { get; set; }

    /// <summary>The worker that could not handle it: one of <see cref="WorkerNames"/>.</summary>
    public required string Worker { get; set; }

    /// <summary>What the item is to its worker, unique for the worker: a row's id, or an id of its own for a message.</summary>
    public required string Key { get; set; }

    /// <summary>The organization that it belongs to; null where that is not known.</summary>
    public string? OrganizationId { get; set; }

    /// <summary>The device that it concerns; null where it concerns none, or many.</summary>
    public string? DeviceId { get; set; }

    /// <summary>Why the last try failed, in one line without secrets.</summary>
    public required string Reason { get; set; }

    /// <summary>The message as it was received; null for an item that is a row of the store.</summary>
    public byte[]? Payload { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; set; }

    /// <summary>When the first try failed; for a message, when it was received (UTC).</summary>
    public DateTime FirstFailedAt { get; set; }

    /// <summary>When it was set aside (UTC).</summary>
    public DateTime SetAsideAt { get; set; }

    /// <summary>When somebody asked for another try, which has not ended yet (UTC); null otherwise.</summary>
    public DateTime? RetryAt { get; set; }

    /// <summary>The key of an item that is a row.</summary>
    /// <param name="id">The row's id.</param>
    public static string KeyOf(long id) => id.ToString(CultureInfo.InvariantCulture);
}
