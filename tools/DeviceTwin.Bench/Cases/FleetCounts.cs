using System.Globalization;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>The fleet's summary, of a small and of a large organization.</summary>
/// <param name="devices">How many devices the large one has.</param>
/// <param name="time">For how long it is asked for.</param>
internal sealed class FleetCounts(int devices, TimeSpan time) : IBenchCase
{
    private const int Few = 100;

    /// <inheritdoc/>
    public string Name => "fleet-summary";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"`fleet`, asked for on one connection for {time.TotalSeconds} s, of an organization with {Few} devices and of one with {devices:N0}"
        );

    /// <inheritdoc/>
    public string Reach => "below 5 ms, and the same for both (30%)";

    /// <inheritdoc/>
    public async Task PrepareAsync(Site site, CancellationToken cancellationToken)
    {
        await FleetRows.AddAsync(site.Twins, "few", Few, snaps: 0, cancellationToken);
        await FleetRows.AddAsync(site.Twins, "many", devices, snaps: 0, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var few = await AskAsync("few");
        var many = await AskAsync("many");
        return new Sample(
            0,
            [
                .. few.Figures("few devices"),
                .. many.Figures("many devices"),
                new Figure("many to few", "p50 ratio", many.At(0.5) / few.At(0.5)),
            ]
        );

        async Task<Latencies> AskAsync(string organization)
        {
            var query =
                $$"""{ organization(id: "{{organization}}") { fleet { total online offline byModel { brand model total } } } }""";
            var answered = await Questions.AskAsync(
                site.Service.Address,
                query,
                time,
                cancellationToken,
                connections: 1
            );
            return answered.Latencies;
        }
    }
}
