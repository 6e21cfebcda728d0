namespace DeviceTwin.Bench.Reports;

/// <summary>What was measured of one case.</summary>
/// <param name="Name">The case.</param>
/// <param name="Description">What exactly was measured.</param>
/// <param name="Unit">What the figures count.</param>
/// <param name="Runs">The service's figures, one a run.</param>
/// <param name="Limit">What the limit is.</param>
/// <param name="LimitRuns">The limit's figures, one a run.</param>
/// <param name="Lost">What was lost in all runs, the warm-up too; must be 0.</param>
internal sealed record CaseResult(
    string Name,
    string Description,
    string Unit,
    IReadOnlyList<double> Runs,
    string Limit,
    IReadOnlyList<double> LimitRuns,
    long Lost
)
{
    /// <summary>The service's median.</summary>
    public double Median => MedianOf(Runs);

    /// <summary>The service's slowest run.</summary>
    public double Minimum => Runs.Min();

    /// <summary>The service's fastest run.</summary>
    public double Maximum => Runs.Max();

    /// <summary>The limit's median.</summary>
    public double LimitMedian => MedianOf(LimitRuns);

    /// <summary>How much of the limit the service reaches.</summary>
    public double Ratio => Median / LimitMedian;

    private static double MedianOf(IReadOnlyList<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
