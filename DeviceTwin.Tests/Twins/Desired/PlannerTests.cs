using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class PlannerTests
{
    private static readonly DateTime Now = new(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc);
    private static readonly DesiredSnap OnEdge = new("nats", Channel: "edge");

    [Fact]
    public void Where_nothing_drifts_there_is_nothing_to_do() =>
        Assert.Equal(new Plan(null, null, null), Plan([new("nats", Channel: "stable", Enabled: true)], [Nats()]));

    [Fact]
    public void A_missing_snap_is_installed_first_whatever_else_is_wanted_of_it() =>
        Assert.Equal(
            new Step(ActionKind.Install, "nats"),
            Plan([new("nats", Channel: "edge", Config: """{"a":1}""")], []).Next
        );

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_drift_has_its_step(DesiredSnap desired, Step step) =>
        Assert.Equal(step, Plan([desired], [Nats()]).Next);

    public static TheoryData<DesiredSnap, Step> Steps() =>
        new()
        {
            { new("nats", SnapPresence.Absent), new Step(ActionKind.Remove, "nats") },
            { new("nats", Channel: "2.10/edge"), new Step(ActionKind.Switch, "nats", "2.10/edge") },
            { new("nats", Enabled: false), new Step(ActionKind.Disable, "nats") },
            {
                new("nats", Config: """{"port":4222, "a":1}"""),
                new Step(ActionKind.Setconf, "nats", """{"port":4222, "a":1}""")
            },
            {
                new("nats", Services: [new("server", false)]),
                new Step(ActionKind.Stop, "nats", """{"services":["nats.server"]}""")
            },
        };

    [Fact]
    public void Start_names_only_the_services_that_should_run_and_do_not()
    {
        const string Services = """[{"name":"a","active":true},{"name":"b"},{"name":"c"},{"name":"d"}]""";
        DesiredService[] wanted = [new("nats.c", true), new("a", true), new("b", true)];

        Assert.Equal(
            new Step(ActionKind.Start, "nats", """{"services":["nats.b","nats.c"]}"""),
            Plan([new("nats", Services: wanted)], [Nats(services: Services)]).Next
        );
    }

    [Fact]
    public void A_disabled_snap_is_enabled_before_anything_else_is_done_to_it() =>
        Assert.Equal(
            new Step(ActionKind.Enable, "nats"),
            Plan([OnEdge with { Enabled = true }], [Nats(status: "installed")]).Next
        );

    [Fact]
    public void All_snaps_go_through_one_phase_before_the_next_and_by_name_in_it()
    {
        DesiredSnap[] desired = [new("zz"), OnEdge, new("mm"), new("aa", SnapPresence.Absent)];

        Assert.Equal(new Step(ActionKind.Install, "mm"), Plan(desired, [Nats(), Named("aa")]).Next);
        Assert.Equal(new Step(ActionKind.Install, "zz"), Plan(desired, [Nats(), Named("aa"), Named("mm")]).Next);
    }

    [Fact]
    public void A_switch_that_the_list_does_not_show_is_followed_by_a_refresh_at_once_and_not_by_another_switch()
    {
        var switched = Tried(ActionKind.Switch, ActionStatus.Completed, "edge");
        var refreshed = Tried(ActionKind.Refresh, ActionStatus.Failed);

        Assert.Equal(new Step(ActionKind.Refresh, "nats"), Plan([OnEdge], [Nats()], switched).Next);

        var plan = Plan([OnEdge], [Nats()], switched, refreshed);
        Assert.Null(plan.Next);
        Assert.Equal(
            new Step(ActionKind.Refresh, "nats"),
            Plan([OnEdge], [Nats()], plan.RetryAt!.Value, switched, refreshed).Next
        );
    }

    [Fact]
    public void A_switch_that_failed_or_went_elsewhere_is_not_followed_by_a_refresh()
    {
        Assert.Null(Plan([OnEdge], [Nats()], Tried(ActionKind.Switch, ActionStatus.Failed, "edge")).Next);
        Assert.Equal(
            new Step(ActionKind.Switch, "nats", "edge"),
            Plan([OnEdge], [Nats()], Tried(ActionKind.Switch, ActionStatus.Completed, "beta")).Next
        );
    }

    [Fact]
    public void A_step_that_failed_waits_longer_after_each_try_and_an_hour_at_most()
    {
        double[] minutes = [1, 2, 4, 8, 16, 32, 60, 60];
        var rules = new RetryRules(100, TimeSpan.FromMinutes(1));
        for (var count = 1; count <= minutes.Length; count++)
        {
            var pause = rules.DueAt([.. Enumerable.Repeat(Tried(ActionKind.Install), count)])!.Value - Now;
            Assert.InRange(pause.TotalMinutes, minutes[count - 1] * 0.8, minutes[count - 1] * 1.2);
        }

        Assert.Null(rules.DueAt([]));
    }

    [Fact]
    public void A_pause_is_the_same_for_the_same_action_and_another_for_another()
    {
        var rules = new RetryRules(5, TimeSpan.FromMinutes(1));
        var pauses = Enumerable
            .Range(0, 100)
            .Select(index => rules.DueAt([Tried(ActionKind.Install) with { ActionId = $"action-{index}" }]))
            .ToList();

        Assert.True(pauses.Distinct().Count() > 90);
        Assert.Equal(pauses[7], rules.DueAt([Tried(ActionKind.Install) with { ActionId = "action-7" }]));
    }

    [Fact]
    public void A_step_that_waits_is_planned_when_its_time_has_come_and_not_before()
    {
        var failed = Tried(ActionKind.Switch, ActionStatus.Failed, "edge");
        var retryAt = Plan([OnEdge], [Nats()], failed).RetryAt!.Value;

        Assert.Equal(new Plan(null, retryAt, null), Plan([OnEdge], [Nats()], retryAt.AddTicks(-1), failed));
        Assert.Equal(
            new Plan(new Step(ActionKind.Switch, "nats", "edge"), null, null),
            Plan([OnEdge], [Nats()], retryAt, failed)
        );
    }

    [Fact]
    public void Attempts_may_come_in_any_order()
    {
        var older = Tried(ActionKind.Switch, ActionStatus.Failed, "edge");
        var newer = Tried(ActionKind.Switch, ActionStatus.Completed, "edge") with { EndedAt = Now.AddMinutes(1) };

        Assert.Equal(ActionKind.Refresh, Plan([OnEdge], [Nats()], newer, older).Next?.Kind);
        Assert.Equal(ActionKind.Refresh, Plan([OnEdge], [Nats()], older, newer).Next?.Kind);
    }

    [Fact]
    public void A_snap_that_waits_or_is_given_up_does_not_hold_up_the_others()
    {
        DesiredSnap[] desired = [new("aa"), new("bb"), new("nats", Enabled: false)];
        var waiting = Tried(ActionKind.Install) with { Snap = "aa" };
        var givenUp = Enumerable.Repeat(Tried(ActionKind.Install, message: "no such snap") with { Snap = "bb" }, 5);

        var plan = Plan(desired, [Nats()], [waiting, .. givenUp]);

        Assert.Equal(new Step(ActionKind.Disable, "nats"), plan.Next);
        Assert.NotNull(plan.RetryAt);
        Assert.Equal("install bb: no such snap", plan.GivenUp);
    }

    [Theory]
    [InlineData(ActionStatus.Failed, "snap not found", "switch nats: snap not found")]
    [InlineData(ActionStatus.Failed, "", "switch nats: the device gave no reason")]
    [InlineData(ActionStatus.TimedOut, null, "switch nats: the device did not answer in time")]
    public void A_step_that_failed_too_often_is_given_up_with_the_last_reason(
        ActionStatus status,
        string? message,
        string reason
    )
    {
        var last = Tried(ActionKind.Switch, status, "edge", message) with { EndedAt = Now.AddHours(1) };
        var before = Enumerable.Repeat(Tried(ActionKind.Switch, ActionStatus.Failed, "edge", "other"), 4);

        Assert.Equal(new Plan(null, null, reason), Plan([OnEdge], [Nats()], [.. before, last]));
    }

    [Fact]
    public void A_device_that_says_that_it_did_it_and_does_not_show_it_is_given_up() =>
        Assert.Equal(
            new Plan(null, null, "disable nats: the device says that it did it, its snap list does not show it"),
            Plan(
                [new("nats", Enabled: false)],
                [Nats()],
                [.. Enumerable.Repeat(Tried(ActionKind.Disable, ActionStatus.Completed, message: "100"), 5)]
            )
        );

    [Fact]
    public void Only_tries_at_the_same_step_count_and_not_those_taken_back()
    {
        Attempt[] others =
        [
            .. Enumerable.Repeat(Tried(ActionKind.Switch, ActionStatus.Cancelled, "edge"), 9),
            .. Enumerable.Repeat(Tried(ActionKind.Switch, ActionStatus.Failed, "beta"), 9),
            .. Enumerable.Repeat(Tried(ActionKind.Refresh, ActionStatus.Failed), 9),
            .. Enumerable.Repeat(Tried(ActionKind.Switch, ActionStatus.Failed, "edge") with { Snap = "other" }, 9),
        ];

        Assert.Equal(
            new Plan(new Step(ActionKind.Switch, "nats", "edge"), null, null),
            Plan([OnEdge], [Nats()], others)
        );
    }

    [Fact]
    public void A_pinned_revision_is_given_up_when_all_else_is_done()
    {
        var pinned = OnEdge with { Revision = 7 };

        Assert.Equal(new Plan(new Step(ActionKind.Switch, "nats", "edge"), null, null), Plan([pinned], [Nats()]));
        Assert.Equal(
            new Plan(null, null, "nats has revision 100, not 7: the agent cannot be asked for a revision"),
            Plan([pinned], [Nats("edge")])
        );
        Assert.Equal(new Plan(null, null, null), Plan([pinned], [Nats("edge", revision: 7)]));
    }

    [Fact]
    public void A_protected_snap_is_never_removed() =>
        Assert.Equal(
            new Plan(null, null, "remove snapd: the snap is protected"),
            Plan([new("snapd", SnapPresence.Absent)], [Named("snapd")])
        );

    private static Snap Named(string name) => new() { Name = name, Status = "active" };

    private static Attempt Tried(
        ActionKind kind,
        ActionStatus status = ActionStatus.Failed,
        string? data = null,
        string? message = "no"
    ) => new("018f", kind, "nats", data, status, Now, message);

    private static Plan Plan(DesiredSnap[] desired, Snap[] reported, params Attempt[] attempts) =>
        Plan(desired, reported, Now, attempts);

    private static Plan Plan(DesiredSnap[] desired, Snap[] reported, DateTime now, params Attempt[] attempts) =>
        new Planner(new RetryRules(5, TimeSpan.FromMinutes(1)), new ProtectedSnaps(["snapd"]).Contains).Next(
            Wanted(desired),
            reported,
            attempts,
            now
        );
}
