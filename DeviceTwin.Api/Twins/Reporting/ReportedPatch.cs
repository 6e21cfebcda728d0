using System.Text.Json;

namespace DeviceTwin.Api.Twins.Reporting;

/// <summary>A change that a device reports of its own properties.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Patch">A merge patch (RFC 7396).</param>
/// <param name="Version">The reported version that it was made on; null where the device does not care.</param>
public sealed record ReportedPatch(string DeviceId, JsonElement Patch, int? Version);

/// <summary>What came of a patch.</summary>
/// <param name="Version">The reported version that is stored now.</param>
/// <param name="Refusal">Why nothing was changed; null where the patch was accepted.</param>
public sealed record ReportedOutcome(int Version, ReportedRefusal? Refusal = null);

/// <summary>Why a patch was not accepted.</summary>
/// <param name="Code">For the device's program: one of the constants.</param>
/// <param name="Message">For people.</param>
public sealed record ReportedRefusal(string Code, string Message)
{
    /// <summary>The patch was made on another version than the stored one.</summary>
    public const string VersionConflict = "version_conflict";

    /// <summary>It is no message with a patch, or holds what cannot be stored.</summary>
    public const string InvalidPatch = "invalid_patch";

    /// <summary>It, or what it would lead to, is larger than is kept.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The device has no twin (yet): it comes into being when the device has answered who it is.</summary>
    public const string UnknownDevice = "unknown_device";
}
