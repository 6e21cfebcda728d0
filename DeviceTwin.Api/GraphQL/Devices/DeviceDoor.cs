using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Devices;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>A merge patch (RFC 7396) for a device.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Patch">A JSON object; null deletes a key.</param>
/// <param name="IfVersion">Change nothing unless this is the stored version.</param>
public sealed record PatchPropertiesInput(string OrganizationId, string DeviceId, JsonElement Patch, int? IfVersion);

/// <summary>A device as it is now, or why it was not changed.</summary>
/// <param name="Device">The device.</param>
/// <param name="Errors">What to fix.</param>
public sealed record DevicePayload(
    DeviceNode? Device,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<DeviceErrorType>>))] IReadOnlyList<IError>? Errors
) : IMutationPayload;

/// <summary>Hands wishes for changes of devices from the API's fields to those who make them.</summary>
/// <param name="reader">Reads the device after its change.</param>
public sealed class DeviceDoor(DeviceReader reader)
{
    /// <summary>Changes a device, where the caller may see its organization.</summary>
    /// <param name="context">The field.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="change">Makes the change.</param>
    public async Task<DevicePayload> ChangeAsync(
        IResolveFieldContext context,
        string organizationId,
        string deviceId,
        Func<Caller, Task<Outcome<Device>>> change
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(change);
        var caller = context.Caller();
        var outcome = caller.MaySee(organizationId) ? await change(caller) : new DeviceNotFound(deviceId);
        var node = outcome.Value is { } device ? await reader.GetAsync(device.Id, context.CancellationToken) : null;
        return new DevicePayload(node, outcome.Errors());
    }
}
