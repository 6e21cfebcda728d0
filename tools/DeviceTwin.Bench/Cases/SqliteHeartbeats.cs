using System.Globalization;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>How many heartbeats a second the service takes in by itself alone: its own broker, an SQLite file.</summary>
/// <param name="size">How many come, from how many devices.</param>
internal sealed class SqliteHeartbeats(BurstSize size) : IBenchCase
{
    /// <inheritdoc/>
    public string Name => "heartbeats-sqlite";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a burst of {size.Messages:N0} heartbeats (QoS 1) of {size.Devices:N0} devices over the embedded broker into an SQLite file, from the first publish until every device's newest instant is stored"
        );

    /// <inheritdoc/>
    public string Reach => "10,000/s; none lost";

    /// <inheritdoc/>
    public SiteKind Kind => SiteKind.Embedded;

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, size.Devices, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var run = await HeartbeatRun.MeasureAsync(site, size, cancellationToken);
        return new Sample(
            run.Lost,
            new Figure("taken in", "heartbeats/s", run.PerSecond),
            new Figure("the service's processor time", "µs/heartbeat", run.ProcessorMicroseconds)
        );
    }
}
