using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class PlannerTests
{
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
    public void Attempts_may_come_in_any_order()
    {
        var older = Tried(ActionKind.Switch, ActionStatus.Failed, "edge");
        var newer = Tried(ActionKind.Switch, ActionStatus.Completed, "edge") with { EndedAt = Now.AddMinutes(1) };

        Assert.Equal(ActionKind.Refresh, Plan([OnEdge], [Nats()], newer, older).Next?.Kind);
        Assert.Equal(ActionKind.Refresh, Plan([OnEdge], [Nats()], older, newer).Next?.Kind);
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
}
