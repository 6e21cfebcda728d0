using System.Globalization;
using DeviceTwin.Bench.Limits;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>One device, by its id.</summary>
/// <param name="devices">How many devices there are.</param>
/// <param name="time">For how long it is asked for.</param>
internal sealed class DeviceById(int devices, TimeSpan time) : IBenchCase
{
    private const string Organization = "single";

    /// <inheritdoc/>
    public string Name => "device-by-id";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"`device(deviceId)` with seven fields, one of {devices:N0}, asked for on {Questions.Connections} connections at once for {time.TotalSeconds} s"
        );

    /// <inheritdoc/>
    public string Limit =>
        "a bare Kestrel endpoint that reads the same question and writes the same answer, source-generated";

    /// <inheritdoc/>
    public string Reach => "0.30 of the limit";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        FleetRows.AddAsync(site.Twins, Organization, devices, snaps: 0, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        const string Query =
            $$"""{ device(organizationId: "{{Organization}}", deviceId: "{{Organization}}-0000042") { deviceId brand model serial connectivity lastHeartbeatAt active } }""";
        await using var kestrel = await BareKestrelServer.StartAsync(cancellationToken);
        var processorBefore = site.Service.Use.ProcessorSeconds();
        var asked = await Questions.AskAsync(site.Service.Address, Query, time, cancellationToken);
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        var limit = await Questions.AskAsync(kestrel.Address, Query, time, cancellationToken);
        return new Sample(
            0,
            [
                new Figure("answers", "1/s", asked.PerSecond, limit.PerSecond),
                // The fifth before what counts is in it, too.
                new Figure(
                    "the service's processor time",
                    "µs/answer",
                    processor / 1.2 * 1_000_000 / (asked.PerSecond * time.TotalSeconds)
                ),
                .. asked.Latencies.Figures("answer"),
            ]
        );
    }
}
