using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.Twins;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Mutation
{
    /// <summary>RFC 7396 merge patch on the device's tags: null deletes.</summary>
    public static Task<DevicePayload> PatchTagsAsync(
        PatchPropertiesInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] Tags tags,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller =>
                tags.PatchAsync(
                    input.OrganizationId,
                    input.DeviceId,
                    input.Patch,
                    input.IfVersion,
                    caller.Name,
                    context.CancellationToken
                )
        );

    /// <summary>Takes the twin out of sight; its messages are ignored until restoreDevice.</summary>
    public static Task<DevicePayload> DeleteDeviceAsync(
        DeviceActionInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] Lifecycle lifecycle,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller =>
                lifecycle.DeleteAsync(input.OrganizationId, input.DeviceId, caller.Name, context.CancellationToken)
        );

    /// <summary>Brings a deleted twin back into sight, as it was but for its groups.</summary>
    public static Task<DevicePayload> RestoreDeviceAsync(
        DeviceActionInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] Lifecycle lifecycle,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller =>
                lifecycle.RestoreAsync(input.OrganizationId, input.DeviceId, caller.Name, context.CancellationToken)
        );
}
