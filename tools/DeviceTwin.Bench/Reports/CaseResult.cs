using DeviceTwin.Bench.Cases;

namespace DeviceTwin.Bench.Reports;

/// <summary>What was measured of one case.</summary>
/// <param name="Name">The case.</param>
/// <param name="Description">What exactly was measured.</param>
/// <param name="Limit">What the limits are; empty where the case has none.</param>
/// <param name="Reach">What it should reach.</param>
/// <param name="Figures">What was measured.</param>
/// <param name="Lost">What was lost in all runs, the warm-up too; must be 0.</param>
internal sealed record CaseResult(
    string Name,
    string Description,
    string Limit,
    string Reach,
    IReadOnlyList<FigureResult> Figures,
    long Lost
)
{
    /// <summary>Puts the runs of a case together.</summary>
    public static CaseResult Of(IBenchCase benchCase, IReadOnlyList<Sample> samples, long lost)
    {
        var figures = samples
            .SelectMany(sample => sample.Figures)
            .GroupBy(figure => (figure.Name, figure.Unit))
            .Select(runs => new FigureResult(
                runs.Key.Name,
                runs.Key.Unit,
                [.. runs.Select(run => run.Value)],
                [.. runs.Where(run => run.Limit is not null).Select(run => run.Limit!.Value)]
            ));
        return new CaseResult(
            benchCase.Name,
            benchCase.Description,
            benchCase.Limit,
            benchCase.Reach,
            [.. figures],
            lost
        );
    }
}

/// <summary>One figure over all runs that count.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Runs">The service's figures, one a run.</param>
/// <param name="LimitRuns">The limit's, one a run; empty where there is none.</param>
internal sealed record FigureResult(
    string Name,
    string Unit,
    IReadOnlyList<double> Runs,
    IReadOnlyList<double> LimitRuns
)
{
    /// <summary>The median.</summary>
    public double Median => MedianOf(Runs);

    /// <summary>The least.</summary>
    public double Minimum => Runs.Min();

    /// <summary>The most.</summary>
    public double Maximum => Runs.Max();

    /// <summary>The limit's median; null where there is none.</summary>
    public double? LimitMedian => LimitRuns.Count > 0 ? MedianOf(LimitRuns) : null;

    /// <summary>How much of the limit it is; null where there is none.</summary>
    public double? Ratio => Median / LimitMedian;

    private static double MedianOf(IReadOnlyList<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
