using System.Text.Json;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Devices;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>The operating system that a device last reported.</summary>
/// <param name="Version">snapd's version.</param>
/// <param name="Series">The series, e.g. 16.</param>
/// <param name="OsId">The distribution, e.g. ubuntu-core.</param>
/// <param name="OsVersionId">The distribution's version, e.g. 22.</param>
/// <param name="OnClassic">Whether snapd runs on a classic system.</param>
/// <param name="KernelVersion">The kernel's version.</param>
[Name("OperatingSystem")]
public sealed record OperatingSystemNode(
    string Version,
    string Series,
    string OsId,
    string OsVersionId,
    bool OnClassic,
    string KernelVersion
);

/// <summary>A snap as its device last reported it.</summary>
/// <param name="snap">The stored snap.</param>
[Name("Snap")]
public sealed class SnapNode(Snap snap)
{
    /// <summary>The snap's name.</summary>
    public string Name => snap.Name;

    /// <summary>The publisher's version.</summary>
    public string Version => snap.Version;

    /// <summary>The store's revision; 0 where there is none.</summary>
    public int Revision => snap.Revision;

    /// <summary>The channel that the snap tracks.</summary>
    public string Channel => snap.Channel;

    /// <summary>How the snap is confined, e.g. strict.</summary>
    public string Confinement => snap.Confinement;

    /// <summary>snapd's status: active, or installed when it is disabled.</summary>
    public string Status => snap.Status;

    /// <summary>Whether it runs in developer mode.</summary>
    public bool Devmode => snap.Devmode;

    /// <summary>Bytes.</summary>
    public long InstalledSize => snap.InstalledSize;

    /// <summary>When it was installed; null where the device did not tell it.</summary>
    public DateTime? InstalledAt => snap.InstalledAt;

    /// <summary>The snap's configuration as the device reported it; null when it reported none, and below the role operator.</summary>
    /// <param name="context">The field.</param>
    public JsonElement? Config(IResolveFieldContext context) => context.Caller().ShowConfig(snap.Config);

    /// <summary>
    /// The fields that the device reported in a form that cannot be kept: they are empty here, or hold U+FFFD for characters that cannot be stored. Empty
    /// for almost every snap.
    /// </summary>
    public IReadOnlyList<SnapFieldError> FieldErrors =>
        [.. SnapReports.ReadErrors(snap).Select(error => new SnapFieldError(error.Key, error.Value))];

    /// <summary>The snap's services, where the agent reports them.</summary>
    public IReadOnlyList<SnapService> Services =>
        JsonSerializer.Deserialize(snap.Services, TwinJson.Default.IReadOnlyListSnapService) ?? [];
}

/// <summary>A field of a snap that the device reported in a form that cannot be kept.</summary>
/// <param name="Field">The field as the agent's message names it, e.g. config.</param>
/// <param name="Message">Where in it, and why; it holds nothing of the value.</param>
public sealed record SnapFieldError(string Field, string Message);

/// <summary>CPU and memory as the agent last published them.</summary>
/// <param name="MemoryTotalBytes">Bytes.</param>
/// <param name="MemoryUsedBytes">Bytes.</param>
/// <param name="MemoryUsedPercent">0 to 100.</param>
/// <param name="CpuUserSeconds">CPU seconds since boot.</param>
/// <param name="CpuSystemSeconds">CPU seconds since boot.</param>
/// <param name="CpuTotalSeconds">CPU seconds since boot.</param>
/// <param name="At">When the newest of them came in, by our clock.</param>
[Name("DeviceMetrics")]
public sealed record DeviceMetricsNode(
    long? MemoryTotalBytes,
    long? MemoryUsedBytes,
    double? MemoryUsedPercent,
    double? CpuUserSeconds,
    double? CpuSystemSeconds,
    double? CpuTotalSeconds,
    DateTime At
);
