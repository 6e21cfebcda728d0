using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>
/// Says what the next single step for a device is. It keeps nothing: asked again with the same facts it says the same.
/// A snap whose step waits for its next try, or is given up, does not hold up the others.
/// </summary>
/// <param name="rules">How often and how soon to try again.</param>
/// <param name="isProtected">Whether a snap must stay.</param>
public sealed class Planner(RetryRules rules, Func<string, bool> isProtected)
{
    /// <summary>Plans for one device.</summary>
    /// <param name="desired">What it should be.</param>
    /// <param name="reported">The snaps that it last listed.</param>
    /// <param name="attempts">What was tried without effect since there was last a reason to start anew, in any order.</param>
    /// <param name="now">The time (UTC).</param>
    public Plan Next(
        MergedState desired,
        IReadOnlyCollection<Snap> reported,
        IReadOnlyCollection<Attempt> attempts,
        DateTime now
    )
    {
        var tried = attempts
            .Where(attempt => attempt.Status != ActionStatus.Cancelled)
            .OrderBy(attempt => attempt.EndedAt)
            .ThenBy(attempt => attempt.ActionId, StringComparer.Ordinal)
            .ToLookup(attempt => attempt.Snap, StringComparer.Ordinal);
        var prospects = SnapDrift
            .Of(desired, reported)
            .Select(drift => Consider(drift, [.. tried[drift.Desired.Name]]))
            .OfType<Prospect>()
            .OrderBy(prospect => prospect.Phase)
            .ToLookup(prospect => prospect.GivenUp is null);
        var next = prospects[true].FirstOrDefault(prospect => !(prospect.DueAt > now));
        return new Plan(
            next?.Step,
            prospects[true].Where(prospect => prospect.DueAt > now).Min(prospect => prospect.DueAt),
            prospects[false].FirstOrDefault()?.GivenUp,
            next?.DueAt
        );
    }

    private Prospect? Consider(SnapDrift drift, IReadOnlyList<Attempt> attempts)
    {
        if (SnapStep.Of(drift, attempts) is not var (phase, step))
        {
            return drift.Revision ? new Prospect(default, null, null, UnreachableRevision(drift)) : null;
        }

        if (step.Kind == ActionKind.Remove && isProtected(step.Snap))
        {
            return new Prospect(phase, null, null, $"remove {step.Snap}: the snap is protected");
        }

        var tries = attempts.Where(attempt => attempt.Kind == step.Kind && attempt.Data == step.Data).ToList();
        return new Prospect(phase, step, rules.DueAt(tries), rules.GivenUp(tries));
    }

    private static string UnreachableRevision(SnapDrift drift) =>
        $"{drift.Desired.Name} has revision {drift.Reported!.Revision}, not {drift.Desired.Revision}: "
        + "the agent cannot be asked for a revision";

    private sealed record Prospect(Phase Phase, Step? Step, DateTime? DueAt, string? GivenUp);
}
