using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>The order in which things are done to a device's snaps, so that each can work.</summary>
internal enum Phase
{
    /// <summary>Before anything else can be done to a snap.</summary>
    Install,

    /// <summary>snapd refreshes and starts only what is enabled.</summary>
    Enable,

    /// <summary>Move to the channel, and so to the version that the configuration is for.</summary>
    Channel,

    /// <summary>Configure before services start.</summary>
    Configure,

    /// <summary>Stop services before their snap is disabled or removed.</summary>
    Stop,

    /// <summary>Disable before anything is removed.</summary>
    Disable,

    /// <summary>Remove what should be absent.</summary>
    Remove,

    /// <summary>Start services when everything is in its place.</summary>
    Start,
}

/// <summary>A snap's next step.</summary>
/// <param name="Phase">When its turn is among the steps of other snaps.</param>
/// <param name="Step">The step.</param>
internal sealed record SnapStep(Phase Phase, Step Step)
{
    /// <summary>The first step that a snap's drift asks for; null where there is none that a device can be asked for.</summary>
    /// <param name="drift">Where the snap is not as it should be.</param>
    /// <param name="attempts">What was tried on this snap, the oldest first.</param>
    public static SnapStep? Of(SnapDrift drift, IEnumerable<Attempt> attempts)
    {
        var snap = drift.Desired;
        if (drift.Presence)
        {
            return snap.Presence == SnapPresence.Present
                ? new(Phase.Install, new Step(ActionKind.Install, snap.Name))
                : new(Phase.Remove, new Step(ActionKind.Remove, snap.Name));
        }

        if (drift.Enabled && snap.Enabled == true)
        {
            return new(Phase.Enable, new Step(ActionKind.Enable, snap.Name));
        }

        if (drift.Channel)
        {
            return new(Phase.Channel, ToChannel(snap, attempts));
        }

        if (drift.Config.Count > 0)
        {
            return new(Phase.Configure, new Step(ActionKind.Setconf, snap.Name, snap.Config));
        }

        if (ServicesToMove(drift, active: false) is { } running)
        {
            return new(Phase.Stop, new Step(ActionKind.Stop, snap.Name, running));
        }

        if (drift.Enabled)
        {
            return new(Phase.Disable, new Step(ActionKind.Disable, snap.Name));
        }

        return ServicesToMove(drift, active: true) is { } resting
            ? new(Phase.Start, new Step(ActionKind.Start, snap.Name, resting))
            : null;
    }

    // A list shows the channel of the installed revision: on some devices a switch shows only when a refresh follows it.
    private static Step ToChannel(DesiredSnap snap, IEnumerable<Attempt> attempts) =>
        attempts.LastOrDefault(attempt => attempt.Kind == ActionKind.Switch) is { Status: ActionStatus.Completed } last
        && last.Data == snap.Channel
            ? new Step(ActionKind.Refresh, snap.Name)
            : new Step(ActionKind.Switch, snap.Name, snap.Channel);

    private static string? ServicesToMove(SnapDrift drift, bool active)
    {
        var names = drift
            .Services.Where(service => service.Active == active)
            .Select(service => $"{drift.Desired.Name}.{service.Name}")
            .Order(StringComparer.Ordinal)
            .ToList();
        return names.Count == 0 ? null : ActionData.Services(names);
    }
}
