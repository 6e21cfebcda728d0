using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins;

/// <summary>Which answers may change anything.</summary>
internal static class AnswerRules
{
    /// <summary>Why an answer is not one to this action, in one line; null where it is.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="action">The action that it names; null where there is none.</param>
    public static string? Reject(Answer answer, DeviceAction? action)
    {
        if (action is null)
        {
            return "no action has this id";
        }

        if (action.DeviceId != answer.DeviceId)
        {
            return "the action is another device's";
        }

        var kind = action.Kind.ToProtocol();
        return answer.Action.Length > 0 && !answer.Action.Equals(kind, StringComparison.OrdinalIgnoreCase)
            ? $"the action is a {kind}, the answer is not"
            : null;
    }

    /// <summary>Whether an answer still ends an action. A success that comes after the time limit does: the device did what was asked.</summary>
    /// <param name="status">What the action is.</param>
    /// <param name="success">Whether the device did what was asked.</param>
    public static bool Ends(ActionStatus status, bool success) =>
        status is ActionStatus.Queued or ActionStatus.Sent || (status is ActionStatus.TimedOut && success);

    /// <summary>Why the result of a success cannot be the action's, in one line; null where it can.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="action">Its action.</param>
    public static string? RejectResult(Answer answer, DeviceAction action)
    {
        const string Lacking = "it says success and has no result of the action's kind";
        return (action.Kind, answer.Result) switch
        {
            _ when !answer.Success => null,
            (ActionKind.Device, DeviceResult identity) => Reject(identity, action),
            (ActionKind.Unregister, DeviceResult identity) => Reject(identity, action),
            (ActionKind.Server, OperatingSystemResult system) => RejectName(system.DeviceId, action),
            (ActionKind.Info or ActionKind.Conf, SnapResult result) => result.Snap.Name == action.Snap
                ? null
                : "its result is another snap",
            (ActionKind.List, SnapListResult) => null,
            (ActionKind.Device or ActionKind.Server or ActionKind.List or ActionKind.Info, _) => Lacking,
            _ => null,
        };
    }

    private static string? Reject(DeviceResult identity, DeviceAction action) =>
        RejectName(identity.DeviceId, action)
        ?? RejectName(identity.OperatingSystem?.DeviceId ?? "", action)
        ?? (identity.OrganizationId == action.OrganizationId ? null : "its result names another organization");

    private static string? RejectName(string named, DeviceAction action) =>
        named.Length > 0 && named != action.DeviceId ? "its result names another device" : null;
}
