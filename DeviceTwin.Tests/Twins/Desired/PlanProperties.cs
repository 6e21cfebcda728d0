using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using FsCheck;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class PlanProperties
{
    /// <summary>Install, enable, switch, refresh, setconf, stop, disable, start: no snap needs a step twice.</summary>
    private const int MostStepsOfASnap = 8;

    private static readonly ActionKind[][] Phases =
    [
        [ActionKind.Install],
        [ActionKind.Enable],
        [ActionKind.Switch, ActionKind.Refresh],
        [ActionKind.Setconf],
        [ActionKind.Stop],
        [ActionKind.Disable],
        [ActionKind.Remove],
        [ActionKind.Start],
    ];

    [Property(MaxTest = 1_000)]
    public Property A_plan_that_is_followed_ends_without_drift_in_few_steps_each_in_its_turn() =>
        AnyTwin.Always(any =>
        {
            var steps = Follow(any, failsAt: _ => false);

            var phases = steps.Select(step => Array.FindIndex(Phases, phase => phase.Contains(step.Kind))).ToList();
            Assert.Equal(phases.Order(), phases);
            Assert.All(steps.CountBy(step => step.Snap), count => Assert.InRange(count.Value, 1, MostStepsOfASnap));
        });

    [Property(MaxTest = 500)]
    public Property A_plan_that_is_followed_ends_without_drift_though_one_step_in_five_fails() =>
        AnyTwin.Always(any => Follow(any, failsAt: _ => any.Number(5) == 0));

    /// <summary>Does what is planned until nothing is; each step must be one that the drift asks for.</summary>
    private static List<Step> Follow(AnyTwin any, Func<Step, bool> failsAt)
    {
        var planner = new Planner(new RetryRules(100, TimeSpan.FromMinutes(1)), _ => false);
        var desired = Sample.Wanted(any.DesiredSnaps());
        var (snapd, now) = (Snapd(any, desired), Sample.Now);
        var (steps, attempts) = (new List<Step>(), new List<Attempt>());
        while (true)
        {
            var plan = planner.Next(desired, snapd.List, attempts, now);
            Assert.Equal(plan, planner.Next(desired, snapd.List, attempts, now));
            Assert.Null(plan.GivenUp);
            if (plan is { Next: null, RetryAt: null })
            {
                break;
            }

            if (plan.Next is not { } step)
            {
                Assert.True(plan.RetryAt > now);
                now = plan.RetryAt.Value;
                continue;
            }

            AssertAskedFor(step, desired, snapd.List);
            steps.Add(step);
            var hasFailed = failsAt(step);
            if (hasFailed || !snapd.Do(step))
            {
                var status = hasFailed ? ActionStatus.Failed : ActionStatus.Completed;
                attempts.Add(new Attempt($"{steps.Count}", step.Kind, step.Snap, step.Data, status, now, null));
            }

            Assert.InRange(steps.Count, 0, 200);
        }

        Assert.Empty(Drift.Between(desired, Reported(snapd.List)));
        return steps;
    }

    // snapd refreshes no snap that is disabled, and nobody may enable it where only its channel is wanted.
    private static ModelSnapd Snapd(AnyTwin any, MergedState desired)
    {
        var listsChannelOfRevision = any.Number(2) == 0;
        var snaps = any.Snaps();
        if (listsChannelOfRevision)
        {
            var kept = desired.Snaps.Where(merged => merged.Snap is { Channel: not null, Enabled: not true });
            foreach (var snap in snaps.IntersectBy(kept.Select(merged => merged.Snap.Name), snap => snap.Name))
            {
                snap.Status = "active";
            }
        }

        return new ModelSnapd(snaps, listsChannelOfRevision);
    }

    private static void AssertAskedFor(Step step, MergedState desired, IReadOnlyCollection<Snap> reported)
    {
        Assert.Contains(desired.Snaps, merged => merged.Snap.Name == step.Snap);
        var drift = Drift
            .Between(desired, Reported(reported))
            .ToDictionary(entry => entry.Path, entry => entry.Desired?.ToString());
        var snap = $"snaps.{step.Snap}";
        switch (step.Kind)
        {
            case ActionKind.Install or ActionKind.Remove:
                Assert.Equal(step.Kind == ActionKind.Install ? "PRESENT" : "ABSENT", drift[$"{snap}.presence"]);
                break;
            case ActionKind.Enable or ActionKind.Disable:
                Assert.Equal(step.Kind == ActionKind.Enable ? "True" : "False", drift[$"{snap}.enabled"]);
                break;
            case ActionKind.Switch:
                Assert.Equal(step.Data, drift[$"{snap}.channel"]);
                break;
            case ActionKind.Refresh:
                Assert.Contains($"{snap}.channel", drift.Keys);
                break;
            case ActionKind.Setconf:
                Assert.Contains(drift.Keys, path => path.StartsWith($"{snap}.config.", StringComparison.Ordinal));
                break;
            case ActionKind.Start or ActionKind.Stop:
                Assert.All(
                    ActionData.ReadServices(step.Data, step.Snap),
                    service =>
                        Assert.Equal(
                            step.Kind == ActionKind.Start ? "True" : "False",
                            drift[$"{snap}.services.{service}.active"]
                        )
                );
                break;
            default:
                Assert.Fail($"No drift asks for {step.Kind}.");
                break;
        }
    }

    private static ReportedTwin Reported(IReadOnlyCollection<Snap> snaps) => Sample.Reported() with { Snaps = snaps };
}
