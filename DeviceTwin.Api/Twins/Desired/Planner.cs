using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Says what the next single step for a device is. It keeps nothing: asked again with the same facts it says the same.</summary>
public static class Planner
{
    /// <summary>Plans for one device.</summary>
    /// <param name="desired">What it should be.</param>
    /// <param name="reported">The snaps that it last listed.</param>
    /// <param name="attempts">What was tried without effect since the last reason to start anew, in any order.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="rules">How often and how soon to try again.</param>
    /// <param name="isProtected">Whether a snap must stay.</param>
    public static Plan Plan(
        MergedState desired,
        IReadOnlyCollection<Snap> reported,
        IReadOnlyCollection<Attempt> attempts,
        DateTime now,
        RetryRules rules,
        Func<string, bool> isProtected
    ) => throw new NotImplementedException();
}
