using System.Globalization;
using System.Text;

namespace DeviceTwin.Bench.Soak;

/// <summary>The figures of a soak, and whether the healthy devices noticed.</summary>
/// <param name="Minutes">All minutes.</param>
/// <param name="HostileMessages">How many hostile messages were sent.</param>
/// <param name="Away">Healthy devices that are not online at the end.</param>
internal sealed record SoakResult(IReadOnlyList<SoakMinute> Minutes, long HostileMessages, double Away)
{
    // A tenth less than before is what measuring on a shared machine may cost.
    private const double Kept = 0.9;

    /// <summary>What healthy devices noticed; empty when they noticed nothing.</summary>
    public IReadOnlyList<string> Faults => [.. Rates().Concat(Losses())];

    /// <summary>The table, and the verdict.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(
            "| minute | phase | heartbeats/s | oldest last-seen s | actions completed | p50 ms | p99 ms | jobs | converged in 1 min | all after s | memory MB | not ready | rejected | set aside | errors logged |"
        );
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (var index = 0; index < Minutes.Count; index++)
        {
            var (isHostile, samples, actions, jobs, convergence) = Minutes[index];
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {index + 1} | {(isHostile ? "hostile" : "baseline")} | {samples.Heartbeats.Average():0.0} | {samples.OldestSeen.Max():0.0} | {actions.Completed:0} of {actions.Requested:0} | {actions.P50:0} | {actions.P99:0} | {jobs:0} | {convergence?.WithinMinute ?? 0:0} of {convergence?.Members ?? 0} | {convergence?.Elapsed.TotalSeconds ?? 0:0} | {samples.MemoryMegabytes:0} | {samples.NotReady} | {samples.Rejected:0} | {samples.SetAside:0} | {samples.ErrorLines} |"
            );
        }

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{HostileMessages} hostile messages were sent.");
        foreach (var fault in Faults.DefaultIfEmpty("The healthy devices noticed nothing."))
        {
            text.AppendLine(fault);
        }

        return text.ToString();
    }

    private IEnumerable<string> Rates()
    {
        (string Name, Func<SoakMinute, double> Rate)[] rates =
        [
            ("heartbeats a second", minute => minute.Samples.Heartbeats.Average()),
            ("actions completed a minute", minute => minute.Actions.Completed),
            ("jobs succeeded a minute", minute => minute.Jobs),
            ("devices converged within a minute", minute => minute.Convergence?.WithinMinute ?? 0),
        ];
        foreach (var (name, rate) in rates)
        {
            var before = Minutes.Where(minute => !minute.IsHostile).Average(rate);
            var after = Minutes.Where(minute => minute.IsHostile).Average(rate);
            if (!(before > 0) || after < before * Kept)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"FAULT: {name}: {before:0.0} before, {after:0.0} with hostile devices."
                );
            }
        }
    }

    private IEnumerable<string> Losses()
    {
        (string What, double Count)[] losses =
        [
            (
                "actions of healthy devices did not complete",
                Minutes.Sum(minute => minute.Actions.Requested - minute.Actions.Completed)
            ),
            ("jobs did not succeed", Minutes.Sum(minute => 1 - minute.Jobs)),
            (
                "devices did not converge",
                Minutes.Sum(minute => minute.Convergence is { } one ? one.Members - one.InTheEnd : 1)
            ),
            ("healthy devices are not online", Away),
            ("requests were refused", Minutes.Sum(minute => minute.Samples.Refused)),
            ("times the service was not ready", Minutes.Sum(minute => minute.Samples.NotReady)),
        ];
        return losses
            .Where(loss => loss.Count > 0)
            .Select(loss => string.Create(CultureInfo.InvariantCulture, $"FAULT: {loss.Count:0} {loss.What}."));
    }
}
