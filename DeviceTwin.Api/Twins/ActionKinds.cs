using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins;

/// <summary>What is known of the kinds of actions.</summary>
public static class ActionKinds
{
    /// <summary>The kind's name in messages to and from devices.</summary>
    /// <param name="kind">The kind.</param>
    public static string ToProtocol(this ActionKind kind) => Names[(int)kind];

    /// <summary>Whether the kind changes what a later snap list shows, so that a list is asked for after it.</summary>
    /// <param name="kind">The kind.</param>
    public static bool ChangesSnaps(this ActionKind kind) =>
        kind
            is ActionKind.Install
                or ActionKind.Remove
                or ActionKind.Refresh
                or ActionKind.Revert
                or ActionKind.Enable
                or ActionKind.Disable
                or ActionKind.Switch
                or ActionKind.Setconf
                or ActionKind.Start
                or ActionKind.Stop
                or ActionKind.Restart;

    /// <summary>Whether the kind concerns one snap, which must be named.</summary>
    /// <param name="kind">The kind.</param>
    public static bool NeedsSnap(this ActionKind kind) =>
        kind.ChangesSnaps() || kind is ActionKind.Conf or ActionKind.Info or ActionKind.Snapshot;

    private static readonly string[] Names =
    [
        .. Enum.GetValues<ActionKind>().Select(kind => kind.ToString().ToLowerInvariant()),
    ];
}
