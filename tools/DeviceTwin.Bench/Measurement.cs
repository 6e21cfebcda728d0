using System.Globalization;
using DeviceTwin.Bench.Cases;
using DeviceTwin.Bench.Reports;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench;

/// <summary>Measures a case: fresh servers, one run that does not count, then the runs, each with its limit beside it.</summary>
/// <param name="program">The built DeviceTwin.Api.dll.</param>
/// <param name="runs">How many runs count.</param>
/// <param name="warmUp">Whether a run that does not count comes first.</param>
/// <param name="console">Takes a line a run.</param>
internal sealed class Measurement(string program, int runs, bool warmUp, TextWriter console)
{
    /// <summary>Measures.</summary>
    public async Task<CaseResult> MeasureAsync(IBenchCase benchCase, CancellationToken cancellationToken)
    {
        await console.WriteLineAsync($"{benchCase.Name}: {benchCase.Description}");
        await using var site = await Site.StartAsync(program, benchCase.Kind, cancellationToken);
        await benchCase.PrepareAsync(site, cancellationToken);
        var samples = new List<Sample>();
        var lost = 0L;
        for (var run = warmUp ? 0 : 1; run <= runs; run++)
        {
            var sample = await benchCase.RunAsync(site, cancellationToken);
            lost += sample.Lost;
            await TellAsync(run, sample);
            if (run > 0)
            {
                samples.Add(sample);
            }
        }

        return CaseResult.Of(benchCase, samples, lost);
    }

    private async Task TellAsync(int run, Sample sample)
    {
        var name = run == 0 ? "warm-up" : string.Create(CultureInfo.InvariantCulture, $"run {run}");
        var figures = string.Join(", ", sample.Figures);
        await console.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"  {name}: {figures}, lost {sample.Lost}")
        );
    }
}
