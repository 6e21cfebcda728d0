using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

/// <summary>Actions on one device. Each stores the action, then relays it; an offline device gets it when it is back.</summary>
public sealed partial class Mutation
{
    /// <summary>Installs a snap.</summary>
    public static Task<ActionPayload> InstallSnapAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Install, input.Snap);

    /// <summary>Removes a snap.</summary>
    public static Task<ActionPayload> RemoveSnapAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Remove, input.Snap);

    /// <summary>Refreshes a snap to the newest revision of its channel.</summary>
    public static Task<ActionPayload> RefreshSnapAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Refresh, input.Snap);

    /// <summary>Goes back to a snap's former revision.</summary>
    public static Task<ActionPayload> RevertSnapAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Revert, input.Snap);

    /// <summary>Enables a snap.</summary>
    public static Task<ActionPayload> EnableSnapAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Enable, input.Snap);

    /// <summary>Disables a snap.</summary>
    public static Task<ActionPayload> DisableSnapAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Disable, input.Snap);

    /// <summary>Moves a snap to another channel.</summary>
    public static Task<ActionPayload> SwitchSnapAsync(
        SwitchSnapInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) =>
        actions.RequestAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            ActionKind.Switch,
            input.Snap,
            input.Channel
        );

    /// <summary>Sets a snap's configuration; keys that are not named stay.</summary>
    public static Task<ActionPayload> ConfigureSnapAsync(
        ConfigureSnapInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) =>
        actions.RequestAsync(
            context,
            input.OrganizationId,
            input.DeviceId,
            ActionKind.Setconf,
            input.Snap,
            input.Config.GetRawText()
        );

    /// <summary>Starts services of a snap.</summary>
    public static Task<ActionPayload> StartSnapAsync(
        SnapServicesInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input, ActionKind.Start);

    /// <summary>Stops services of a snap.</summary>
    public static Task<ActionPayload> StopSnapAsync(
        SnapServicesInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input, ActionKind.Stop);

    /// <summary>Restarts services of a snap.</summary>
    public static Task<ActionPayload> RestartSnapAsync(
        SnapServicesInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input, ActionKind.Restart);

    /// <summary>Makes a snapshot of a snap's data and puts it to a URL.</summary>
    public static Task<ActionPayload> SnapshotSnapAsync(
        SnapshotSnapInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) =>
        actions.UploadAsync(
            context,
            new ActionRequest(input.OrganizationId, input.DeviceId, ActionKind.Snapshot, input.Snap),
            input.Url,
            limit: null
        );

    /// <summary>Asks for a snap's configuration.</summary>
    public static Task<ActionPayload> RequestSnapConfigAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Conf, input.Snap);

    /// <summary>Asks for a snap's facts.</summary>
    public static Task<ActionPayload> RequestSnapInfoAsync(
        SnapActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Info, input.Snap);

    /// <summary>Asks for the list of installed snaps.</summary>
    public static Task<ActionPayload> RequestSnapListAsync(
        DeviceActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.List);

    /// <summary>Asks who the device is.</summary>
    public static Task<ActionPayload> RequestDeviceInfoAsync(
        DeviceActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Device);

    /// <summary>Asks for the operating system.</summary>
    public static Task<ActionPayload> RequestOperatingSystemAsync(
        DeviceActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Server);

    /// <summary>Gives the device an assertion.</summary>
    public static Task<ActionPayload> AcknowledgeAssertionAsync(
        AcknowledgeAssertionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Ack, data: input.Assertion);

    /// <summary>Puts the device's logs to a URL.</summary>
    public static Task<ActionPayload> UploadLogsAsync(
        UploadLogsInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) =>
        actions.UploadAsync(
            context,
            new ActionRequest(input.OrganizationId, input.DeviceId, ActionKind.Logs),
            input.Url,
            input.Limit
        );

    /// <summary>Creates a user on the device.</summary>
    public static Task<ActionPayload> CreateDeviceUserAsync(
        CreateDeviceUserInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.CreateUserAsync(context, input);

    /// <summary>Removes a user from the device.</summary>
    public static Task<ActionPayload> RemoveDeviceUserAsync(
        RemoveDeviceUserInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RemoveUserAsync(context, input);

    /// <summary>Makes the device leave the service; with its answer the twin goes out of sight.</summary>
    public static Task<ActionPayload> UnregisterDeviceAsync(
        DeviceActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.Unregister);

    /// <summary>Takes back an action that is QUEUED.</summary>
    public static Task<ActionPayload> CancelActionAsync(
        CancelActionInput input,
        [FromServices] ActionDoor actions,
        IResolveFieldContext context
    ) => actions.CancelAsync(context, input);
}
