using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.GraphQL.Desired;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Mutation
{
    /// <summary>RFC 7396 merge patch on the device's own desired properties: null deletes.</summary>
    public static Task<DevicePayload> PatchDesiredPropertiesAsync(
        PatchPropertiesInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] DeviceDesired desired,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller =>
                desired.PatchPropertiesAsync(
                    new LayerKey(input.OrganizationId, input.DeviceId, input.IfVersion, caller.Name),
                    input.Patch,
                    context.CancellationToken
                )
        );

    /// <summary>Adds or replaces the named snaps in the device's own desired snaps.</summary>
    public static Task<DevicePayload> SetDesiredSnapsAsync(
        SetDesiredSnapsInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] DeviceDesired desired,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller =>
                desired.SetSnapsAsync(
                    new LayerKey(input.OrganizationId, input.DeviceId, input.IfVersion, caller.Name),
                    [.. input.Snaps.Select(snap => snap.ToSnap())],
                    context.CancellationToken
                )
        );

    /// <summary>Takes the named snaps out of the device's own desired snaps; what is installed stays.</summary>
    public static Task<DevicePayload> ClearDesiredSnapsAsync(
        ClearDesiredSnapsInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] DeviceDesired desired,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller =>
                desired.ClearSnapsAsync(
                    new LayerKey(input.OrganizationId, input.DeviceId, input.IfVersion, caller.Name),
                    input.Names,
                    context.CancellationToken
                )
        );

    /// <summary>Try again a plan that FAILED.</summary>
    public static Task<DevicePayload> RetrySyncAsync(
        DeviceActionInput input,
        [FromServices] DeviceDoor devices,
        [FromServices] DeviceDesired desired,
        IResolveFieldContext context
    ) =>
        devices.ChangeAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            caller => desired.RetryAsync(input.OrganizationId, input.DeviceId, caller.Name, context.CancellationToken)
        );

    /// <summary>Changes what is desired of every device in a group. Its devices are reached in the background.</summary>
    public static Task<GroupPayload> SetGroupDesiredStateAsync(
        SetDesiredLayerInput input,
        [FromServices] SharedLayers layers,
        IResolveFieldContext context
    ) =>
        GroupPayload.OfAsync(
            context,
            input.OrganizationId,
            input.Name,
            caller =>
                input.ApplyAsync(caller, (key, change) => layers.SetGroupAsync(key, change, context.CancellationToken))
        );

    /// <summary>Changes what is desired of every device of a model, those of today and those to come. They are reached in the background.</summary>
    public static async Task<ModelPayload> SetModelDesiredStateAsync(
        SetDesiredLayerInput input,
        [FromServices] SharedLayers layers,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        var outcome = caller.MaySee(input.OrganizationId)
            ? await input.ApplyAsync(
                caller,
                (key, change) => layers.SetModelAsync(key, change, context.CancellationToken)
            )
            : new InvalidInput("organizationId", "There is no such organization.");
        var model = outcome.Value is null ? null : new ModelNode(input.OrganizationId, input.Name);
        return new ModelPayload(model, outcome.Errors());
    }
}
