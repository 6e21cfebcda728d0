using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Jobs;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>When too many have failed.</summary>
public sealed class JobTallyTests
{
    private static readonly ActionStatus[] Ends =
    [
        ActionStatus.Completed,
        ActionStatus.Completed,
        ActionStatus.Failed,
        ActionStatus.TimedOut,
        ActionStatus.Cancelled,
    ];

    [Property(MaxTest = 500)]
    public Property Whatever_the_order_of_ends_the_counts_add_up_and_the_job_stops_exactly_when_the_rule_says()
    {
        var jobs =
            from total in Gen.Choose(1, 60)
            from percent in Gen.Choose(0, 100)
            from ends in Gen.Elements(Ends).ArrayOf(total)
            select (percent, ends);
        return Prop.ForAll(jobs.ToArbitrary(), made => Holds(made.percent, made.ends));
    }

    [Theory]
    [InlineData(20, "ffssssssss", false)]
    [InlineData(20, "ffssssssssf", true)]
    [InlineData(20, "fffsssssss", true)]
    [InlineData(0, "fssssssss", false)]
    [InlineData(0, "fsssssssss", true)]
    [InlineData(0, "ssssssssss", false)]
    [InlineData(100, "ffffffffff", false)]
    public void A_job_of_many_stops_by_these_ends(int percent, string ends, bool stops)
    {
        var tally = new JobTally(Job(total: 100, percent));
        foreach (var end in ends)
        {
            tally.Count(end == 'f' ? ActionStatus.Failed : ActionStatus.Completed);
        }

        Assert.Equal(stops, tally.MustStop);
    }

    private static bool Holds(int percent, ActionStatus[] ends)
    {
        var job = Job(ends.Length, percent);
        var tally = new JobTally(job);
        var hadToStop = false;
        for (var ended = 1; ended <= ends.Length; ended++)
        {
            tally.Count(ends[ended - 1]);
            var failed = ends.Take(ended).Count(end => end != ActionStatus.Completed);
            var mayStop = ended >= 10 || ended == ends.Length;
            hadToStop |= mayStop && (double)failed / ended > percent / 100.0 + 1e-12;
            if (
                tally.MustStop != hadToStop
                || (job.Failed, job.Succeeded, job.Pending) != (failed, ended - failed, ends.Length - ended)
            )
            {
                return false;
            }
        }

        return true;
    }

    private static Job Job(int total, int percent) =>
        new()
        {
            JobId = "j1",
            OrganizationId = "abc",
            RequestedBy = "ann",
            Total = total,
            MaxFailurePercent = percent,
        };
}
