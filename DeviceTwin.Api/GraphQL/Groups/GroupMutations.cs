using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Api.Twins;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Mutation
{
    /// <summary>Creates a group, in an organization that the caller may see.</summary>
    public static Task<GroupPayload> CreateGroupAsync(
        GroupInput input,
        [FromServices] DeviceGroups groups,
        IResolveFieldContext context
    ) =>
        GroupPayload.OfAsync(
            context,
            input.OrganizationId,
            new InvalidInput("organizationId", $"There is no organization {input.OrganizationId}."),
            _ => groups.CreateAsync(input.OrganizationId, input.Name, context.CancellationToken)
        );

    /// <summary>Deletes a group; its devices stay. The payload shows it as it was.</summary>
    public static Task<GroupPayload> DeleteGroupAsync(
        GroupInput input,
        [FromServices] DeviceGroups groups,
        IResolveFieldContext context
    ) =>
        GroupPayload.OfAsync(
            context,
            input.OrganizationId,
            input.Name,
            caller => groups.DeleteAsync(input.OrganizationId, input.Name, caller.Name, context.CancellationToken)
        );

    /// <summary>Puts devices into a group: all of them, or none when one is not known.</summary>
    public static Task<GroupPayload> AddDevicesToGroupAsync(
        GroupDevicesInput input,
        [FromServices] DeviceGroups groups,
        IResolveFieldContext context
    ) =>
        GroupPayload.OfAsync(
            context,
            input.OrganizationId,
            input.Name,
            caller =>
                groups.AddDevicesAsync(
                    input.OrganizationId,
                    input.Name,
                    input.DeviceIds,
                    caller.Name,
                    context.CancellationToken
                )
        );

    /// <summary>Takes devices out of a group: all of them, or none when one is not known.</summary>
    public static Task<GroupPayload> RemoveDevicesFromGroupAsync(
        GroupDevicesInput input,
        [FromServices] DeviceGroups groups,
        IResolveFieldContext context
    ) =>
        GroupPayload.OfAsync(
            context,
            input.OrganizationId,
            input.Name,
            caller =>
                groups.RemoveDevicesAsync(
                    input.OrganizationId,
                    input.Name,
                    input.DeviceIds,
                    caller.Name,
                    context.CancellationToken
                )
        );
}
