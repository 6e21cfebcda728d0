using DeviceTwin.Data.Actions;

namespace DeviceTwin.Data.Changes;

/// <summary>
/// One committed fact about a twin, written in the transaction of the fact. Read in the order of
/// (<see cref="TransactionId"/>, <see cref="Id"/>), never past a transaction that is still open.
/// </summary>
public sealed class TwinChange
{
    /// <summary>Grows within a transaction.</summary>
    public long Id { get; set; }

    /// <summary>The transaction that wrote it (PostgreSQL); 0 on SQLite, where one writer at a time makes <see cref="Id"/> the order of commits.</summary>
    public long TransactionId { get; set; }

    /// <summary>The organization of the device.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>The device; empty where a job moved.</summary>
    public required string DeviceId { get; set; }

    /// <summary>What changed.</summary>
    public ChangeKinds Kinds { get; set; }

    /// <summary>The action that moved (<see cref="DeviceAction.Id"/>), where one did.</summary>
    public long? ActionRowId { get; set; }

    /// <summary>What the action's status became.</summary>
    public ActionStatus? ActionStatus { get; set; }

    /// <summary>The names of the groups that the device came into; null for none.</summary>
    public IReadOnlyList<string>? GroupsJoined { get; set; }

    /// <summary>The names of the groups that the device went out of; null for none.</summary>
    public IReadOnlyList<string>? GroupsLeft { get; set; }

    /// <summary>When, by our clock.</summary>
    public DateTime At { get; set; }

    /// <summary>Who asked for it: a user, a client token, <see cref="ByDevice"/> or <see cref="ByService"/>.</summary>
    public required string By { get; set; }

    /// <summary>The device itself.</summary>
    public const string ByDevice = "device";

    /// <summary>The service itself.</summary>
    public const string ByService = "service";
}

/// <summary>What changed in a twin; several at once are possible.</summary>
[Flags]
public enum ChangeKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An action moved to another status.</summary>
    Action = 1 << 0,

    /// <summary>The twin was created.</summary>
    Created = 1 << 1,

    /// <summary>Brand, model, serial, store or key.</summary>
    Summary = 1 << 2,

    /// <summary>The operating system.</summary>
    OperatingSystem = 1 << 3,

    /// <summary>The snap list, or a snap's facts or config.</summary>
    Snaps = 1 << 4,

    /// <summary>The tags.</summary>
    Tags = 1 << 5,

    /// <summary>The groups that the device is in.</summary>
    Groups = 1 << 6,

    /// <summary>The twin was taken out of sight.</summary>
    Deleted = 1 << 7,

    /// <summary>The twin is in sight again.</summary>
    Restored = 1 << 8,

    /// <summary>The device came online or went offline. Told by connectivityChanged, not a part of the audit.</summary>
    Connectivity = 1 << 9,

    /// <summary>The reported properties.</summary>
    Reported = 1 << 10,

    /// <summary>The desired state, or how far the device is from it.</summary>
    Desired = 1 << 11,

    /// <summary>A job moved; the change names no device. Told by jobChanged, not a part of the audit.</summary>
    Job = 1 << 16,
}
