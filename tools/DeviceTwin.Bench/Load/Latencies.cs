using DeviceTwin.Bench.Cases;

namespace DeviceTwin.Bench.Load;

/// <summary>How long things took, in milliseconds.</summary>
internal sealed class Latencies(IEnumerable<double> milliseconds)
{
    private readonly double[] sorted = [.. milliseconds.Order()];

    /// <summary>How long the given share took at most.</summary>
    /// <param name="share">0 to 1.</param>
    public double At(double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    /// <summary>The median and the 99th of a hundred.</summary>
    public IEnumerable<Figure> Figures(string what) =>
        [new Figure($"{what} p50", "ms", At(0.5)), new Figure($"{what} p99", "ms", At(0.99))];
}
