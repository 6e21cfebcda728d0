using DeviceTwin.Api.Configuration;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>
/// The role that each root field of the API needs, and each kind of action. The service does not start while a root field stands
/// in neither list: whoever adds one decides who may use it.
/// </summary>
public static class FieldRules
{
    /// <summary>The role that a root field needs; null where nobody has decided it.</summary>
    /// <param name="type">The root type's name: Query, Mutation or Subscription.</param>
    /// <param name="field">The field's name.</param>
    public static Role? Find(string type, string field) =>
        type switch
        {
            "Query" => OfQuery(field),
            "Subscription" => OfSubscription(field),
            "Mutation" => OfMutation(field),
            _ => null,
        };

    /// <summary>The role that a kind of action needs, whichever way it is asked for: by its own mutation, or by a job.</summary>
    /// <param name="kind">The kind.</param>
    public static Role Of(ActionKind kind) =>
        kind is ActionKind.Unregister or ActionKind.User ? Role.Admin : Role.Operator;

    private static Role? OfQuery(string field) =>
        field switch
        {
            "action" or "actions" => Role.Viewer,
            "caller" => Role.Viewer,
            "device" or "deviceChanges" or "devices" => Role.Viewer,
            "group" or "groups" => Role.Viewer,
            "job" or "jobs" => Role.Viewer,
            "model" or "models" => Role.Viewer,
            "node" or "nodes" => Role.Viewer,
            "organization" or "organizations" => Role.Viewer,
            "service" => Role.Viewer,
            "setAsideItems" => Role.Viewer,
            _ => null,
        };

    private static Role? OfSubscription(string field) =>
        field switch
        {
            "actionChanged" or "connectivityChanged" or "deviceChanged" => Role.Viewer,
            "fleetChanged" or "heartbeats" or "jobChanged" => Role.Viewer,
            _ => null,
        };

    private static Role? OfMutation(string field) =>
        field switch
        {
            "installSnap" or "removeSnap" or "refreshSnap" or "revertSnap" => Role.Operator,
            "enableSnap" or "disableSnap" or "switchSnap" or "configureSnap" => Role.Operator,
            "startSnap" or "stopSnap" or "restartSnap" or "snapshotSnap" => Role.Operator,
            "requestSnapConfig" or "requestSnapInfo" or "requestSnapList" => Role.Operator,
            "requestDeviceInfo" or "requestOperatingSystem" => Role.Operator,
            "acknowledgeAssertion" or "uploadLogs" or "cancelAction" => Role.Operator,
            "patchTags" => Role.Operator,
            "patchDesiredProperties" or "setDesiredSnaps" or "clearDesiredSnaps" or "retrySync" => Role.Operator,
            "setGroupDesiredState" or "setModelDesiredState" => Role.Operator,
            // Of a kind that needs more, it needs more: see below.
            "startJob" or "cancelJob" => Role.Operator,
            "createGroup" or "deleteGroup" or "addDevicesToGroup" or "removeDevicesFromGroup" => Role.Operator,
            "retrySetAsideItem" or "dropSetAsideItem" => Role.Operator,
            "createDeviceUser" or "removeDeviceUser" or "unregisterDevice" => Role.Admin,
            "deleteDevice" or "restoreDevice" => Role.Admin,
            _ => null,
        };
}
