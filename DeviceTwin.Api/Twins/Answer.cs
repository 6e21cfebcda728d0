using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins;

/// <summary>A device's answer to an action, read and checked for form. What it means for the twin is decided by <see cref="IIntake"/>.</summary>
/// <param name="DeviceId">The device, as its topic names it.</param>
/// <param name="ActionId">The id of the action that is answered.</param>
/// <param name="Action">The action's name as the agent wrote it; empty where it wrote none.</param>
/// <param name="Success">Whether the agent did what was asked.</param>
/// <param name="Message">What the agent says of it; empty where it says nothing.</param>
/// <param name="Result">The result, by kind; null where there is none.</param>
/// <param name="ReceivedAt">When it was taken in (our clock, UTC).</param>
public sealed record Answer(
    string DeviceId,
    string ActionId,
    string Action,
    bool Success,
    string Message,
    AnswerResult? Result,
    DateTime ReceivedAt
);

/// <summary>The result in an answer.</summary>
public abstract record AnswerResult;

/// <summary>Answers <c>device</c> and <c>unregister</c>: who the device is.</summary>
/// <param name="OrganizationId">The organization that the device says it belongs to.</param>
/// <param name="DeviceId">The device's own id.</param>
/// <param name="Brand">The brand.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Serial">The serial number.</param>
/// <param name="StoreId">The id of the snap store.</param>
/// <param name="DeviceKey">The public key; null where it told none.</param>
/// <param name="OperatingSystem">The operating system; null where the agent left it out.</param>
public sealed record DeviceResult(
    string OrganizationId,
    string DeviceId,
    string Brand,
    string Model,
    string Serial,
    string StoreId,
    string? DeviceKey,
    OperatingSystemResult? OperatingSystem
) : AnswerResult
{
    /// <summary>Puts the summary into a twin.</summary>
    /// <param name="device">The twin.</param>
    internal void CopyTo(Device device)
    {
        device.Brand = Brand;
        device.Model = Model;
        device.Serial = Serial;
        device.StoreId = StoreId;
        device.DeviceKey = DeviceKey;
    }
}

/// <summary>Answers <c>server</c>: the operating system.</summary>
/// <param name="DeviceId">The device's own id; empty where the agent left it out.</param>
/// <param name="Version">snapd's version.</param>
/// <param name="Series">The series.</param>
/// <param name="OsId">The distribution.</param>
/// <param name="OsVersionId">The distribution's version.</param>
/// <param name="OnClassic">Whether snapd runs on a classic system.</param>
/// <param name="KernelVersion">The kernel's version.</param>
public sealed record OperatingSystemResult(
    string DeviceId,
    string Version,
    string Series,
    string OsId,
    string OsVersionId,
    bool OnClassic,
    string KernelVersion
) : AnswerResult
{
    /// <summary>Puts the operating system into a twin's. Gives the latter.</summary>
    /// <param name="system">The twin's.</param>
    internal DeviceOperatingSystem CopyTo(DeviceOperatingSystem system)
    {
        system.Version = Version;
        system.Series = Series;
        system.OsId = OsId;
        system.OsVersionId = OsVersionId;
        system.OnClassic = OnClassic;
        system.KernelVersion = KernelVersion;
        return system;
    }
}

/// <summary>Answers <c>list</c>: every installed snap.</summary>
/// <param name="Snaps">The snaps; names are unique.</param>
/// <param name="SnapListHash">The hash of the list; null where the agent sent none.</param>
/// <param name="InstalledSnapsHash">The hash of the installed snaps; null where the agent sent none.</param>
public sealed record SnapListResult(IReadOnlyList<SnapReport> Snaps, string? SnapListHash, string? InstalledSnapsHash)
    : AnswerResult;

/// <summary>Answers <c>info</c> and <c>conf</c>: one snap.</summary>
/// <param name="Snap">The snap.</param>
public sealed record SnapResult(SnapReport Snap) : AnswerResult;

/// <summary>A snap as a message tells it; the empty text and zero where the agent left a field out.</summary>
public sealed record SnapReport
{
    private static readonly IReadOnlyDictionary<string, string> NoErrors = new Dictionary<string, string>();

    /// <summary>The snap's name: 1 to 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What the message calls <c>deviceId</c>: the device, or in answers to <c>info</c> the snap's store id.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>The publisher's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The store's revision.</summary>
    public int Revision { get; init; }

    /// <summary>The channel that the snap tracks.</summary>
    public string Channel { get; init; } = "";

    /// <summary>How the snap is confined.</summary>
    public string Confinement { get; init; } = "";

    /// <summary>snapd's status.</summary>
    public string Status { get; init; } = "";

    /// <summary>Whether it runs in developer mode.</summary>
    public bool Devmode { get; init; }

    /// <summary>Bytes.</summary>
    public long InstalledSize { get; init; }

    /// <summary>When it was installed (UTC); null where it is not set.</summary>
    public DateTime? InstalledAt { get; init; }

    /// <summary>The configuration as compact JSON text; null where the message has none.</summary>
    public string? Config { get; init; }

    /// <summary>The services; null where the agent does not send them.</summary>
    public IReadOnlyList<SnapService>? Services { get; init; }

    /// <summary>The fields whose values cannot be kept and are empty here, or were repaired, with the reasons. The reasons hold no values.</summary>
    public IReadOnlyDictionary<string, string> FieldErrors { get; init; } = NoErrors;

    /// <summary>Whether a field holds what the device reported.</summary>
    /// <param name="field">The field's name in the message.</param>
    internal bool IsKnown(string field) => !FieldErrors.ContainsKey(field);
}
