using DeviceTwin.Bench;
using DeviceTwin.Bench.Soak;
using DeviceTwin.Simulator;

namespace DeviceTwin.Tests.Bench;

public sealed class SoakTests
{
    [Fact]
    public void A_soak_in_which_nothing_changed_has_no_faults()
    {
        var result = new SoakResult([Minute(isHostile: false), Minute(isHostile: true)], 1_000, Away: 0);

        Assert.Empty(result.Faults);
        Assert.Contains("The healthy devices noticed nothing.", result.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("| 2 | hostile | 190.0 |", result.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_that_fell_by_more_than_a_tenth_is_a_fault()
    {
        var result = new SoakResult([Minute(isHostile: false), Minute(isHostile: true, heard: 170)], 1_000, Away: 0);

        Assert.Equal(
            "FAULT: heartbeats a second: 190.0 before, 170.0 with hostile devices.",
            Assert.Single(result.Faults)
        );
    }

    [Fact]
    public void Each_thing_that_a_healthy_device_lost_is_a_fault()
    {
        var minute = Minute(isHostile: true, completed: 299, converged: 94);
        minute.Samples.NotReady = 2;
        var result = new SoakResult([Minute(isHostile: false), minute], 1_000, Away: 3);

        Assert.Equal(
            [
                "FAULT: 1 actions of healthy devices did not complete.",
                "FAULT: 1 devices did not converge.",
                "FAULT: 3 healthy devices are not online.",
                "FAULT: 2 times the service was not ready.",
            ],
            result.Faults
        );
    }

    [Fact]
    public void Hostile_values_are_the_same_for_the_same_seed()
    {
        var (one, other) = (new HostileValues(new Chance(7, "d")), new HostileValues(new Chance(7, "d")));

        for (var number = 0; number < 100; number++)
        {
            Assert.Equal(one.Patch(), other.Patch());
            Assert.Equal(one.Answer("1", "list"), other.Answer("1", "list"));
        }
    }

    [Fact]
    public async Task A_soak_that_is_too_short_is_told_in_one_line()
    {
        using var errors = new StringWriter();

        Assert.Equal(1, await BenchCommand.RunAsync(["soak", "--minutes", "1"], TextWriter.Null, errors));
        Assert.Equal("--minutes must be at least 2", errors.ToString().TrimEnd());
    }

    private static SoakMinute Minute(bool isHostile, double heard = 190, double completed = 300, int converged = 95)
    {
        var samples = new MinuteSamples();
        samples.Heartbeats.Add(heard);
        samples.OldestSeen.Add(5.1);
        return new SoakMinute(
            isHostile,
            samples,
            new SoakActions(300, completed, 20, 80),
            Jobs: 1,
            new Convergence(95, converged, converged, TimeSpan.FromSeconds(20))
        );
    }
}
