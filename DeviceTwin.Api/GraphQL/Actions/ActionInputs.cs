using System.ComponentModel;
using System.Text.Json;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>A device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
public sealed record DeviceActionInput(string OrganizationId, string DeviceId);

/// <summary>A snap of a device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Snap">The snap's name.</param>
public sealed record SnapActionInput(string OrganizationId, string DeviceId, string Snap);

/// <summary>Another channel for a snap.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Snap">The snap's name.</param>
/// <param name="Channel">The channel, e.g. latest/stable.</param>
public sealed record SwitchSnapInput(string OrganizationId, string DeviceId, string Snap, string Channel);

/// <summary>Configuration for a snap.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Snap">The snap's name.</param>
/// <param name="Config">A JSON object; sent to the device as its text.</param>
public sealed record ConfigureSnapInput(string OrganizationId, string DeviceId, string Snap, JsonElement Config);

/// <summary>Services of a snap.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Snap">The snap's name.</param>
/// <param name="Services">Fully qualified, e.g. nats.server; empty or absent for all of the snap's services.</param>
public sealed record SnapServicesInput(
    string OrganizationId,
    string DeviceId,
    string Snap,
    IReadOnlyList<string>? Services
);

/// <summary>A snapshot of a snap.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Snap">The snap's name.</param>
/// <param name="Url">A presigned URL to PUT the snapshot to.</param>
public sealed record SnapshotSnapInput(string OrganizationId, string DeviceId, string Snap, string Url);

/// <summary>An assertion for a device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Assertion">The assertion's text.</param>
public sealed record AcknowledgeAssertionInput(string OrganizationId, string DeviceId, string Assertion);

/// <summary>Logs of a device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Url">A presigned URL to PUT the logs to.</param>
/// <param name="Limit">How many lines; the agent's own limit where it is left out.</param>
public sealed record UploadLogsInput(string OrganizationId, string DeviceId, string Url, int? Limit);

/// <summary>A new user on a device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Email">The address of the user's store account.</param>
public sealed record CreateDeviceUserInput(string OrganizationId, string DeviceId, string Email)
{
    /// <summary>Whether the user may become root.</summary>
    [DefaultValue(false)]
    public bool? Sudoer { get; init; }

    /// <summary>Whether to create the user on a device that is managed already.</summary>
    [DefaultValue(false)]
    public bool? ForceManaged { get; init; }
}

/// <summary>A user on a device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Username">The user's name on the device.</param>
public sealed record RemoveDeviceUserInput(string OrganizationId, string DeviceId, string Username);

/// <summary>An action to take back.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ActionId">The id that travels to the device and back.</param>
public sealed record CancelActionInput(string OrganizationId, string ActionId);
