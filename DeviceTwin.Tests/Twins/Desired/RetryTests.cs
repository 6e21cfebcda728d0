using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using static DeviceTwin.Tests.Twins.Desired.Sample;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class RetryTests
{
    private static readonly DesiredSnap OnEdge = new("nats", Channel: "edge");

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
            new Plan(new Step(ActionKind.Switch, "nats", "edge"), null, null, ListedSince: retryAt),
            Plan([OnEdge], [Nats()], retryAt, failed)
        );
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

    [Fact]
    public void The_reason_does_not_quote_what_a_device_says_of_configuration()
    {
        var refused = Tried(ActionKind.Setconf, ActionStatus.Failed, "{}", "\"hush\" is no port");

        Assert.Equal(
            "setconf nats: refused, see the action's message",
            new RetryRules(1, TimeSpan.Zero).GivenUp([refused])
        );
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
}
