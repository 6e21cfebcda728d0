using System.Globalization;
using DeviceTwin.Bench.Cases;
using DeviceTwin.Bench.Reports;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench;

/// <summary>Measures a case: fresh servers, one run that does not count, then the runs, each with its limit beside it.</summary>
/// <param name="program">The built DeviceTwin.Api.dll.</param>
/// <param name="runs">How many runs count.</param>
/// <param name="console">Takes a line a run.</param>
internal sealed class Measurement(string program, int runs, TextWriter console)
{
    /// <summary>Measures.</summary>
    public async Task<CaseResult> MeasureAsync(IBenchCase benchCase, CancellationToken cancellationToken)
    {
        await console.WriteLineAsync($"{benchCase.Name}: {benchCase.Description}");
        await using var site = await Site.StartAsync(program, cancellationToken);
        await benchCase.PrepareAsync(site, cancellationToken);
        var figures = new List<double>();
        var limits = new List<double>();
        var lost = 0L;
        for (var run = 0; run <= runs; run++)
        {
            var sample = await benchCase.RunAsync(site, cancellationToken);
            var limit = await benchCase.RunLimitAsync(site, cancellationToken);
            lost += sample.Lost;
            var name = run == 0 ? "warm-up" : $"run {run.ToString(CultureInfo.InvariantCulture)}";
            await console.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {name}: {sample.PerSecond:N0} {benchCase.Unit}, limit {limit:N0}, lost {sample.Lost}"
                )
            );
            if (run > 0)
            {
                figures.Add(sample.PerSecond);
                limits.Add(limit);
            }
        }

        return new CaseResult(
            benchCase.Name,
            benchCase.Description,
            benchCase.Unit,
            figures,
            benchCase.Limit,
            limits,
            lost
        );
    }
}
