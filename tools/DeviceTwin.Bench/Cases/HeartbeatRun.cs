using System.Diagnostics;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>A burst of heartbeats, measured.</summary>
/// <param name="PerSecond">Heartbeats a second.</param>
/// <param name="ProcessorMicroseconds">The service's processor time for each.</param>
/// <param name="Lost">Messages that the service did not take in, and devices whose newest instant is not right.</param>
internal sealed record HeartbeatRun(double PerSecond, double ProcessorMicroseconds, long Lost)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a burst may take.</summary>
    public static TimeSpan TimeLimit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Stores the devices.</summary>
    public static Task EnrollAsync(Site site, int devices, CancellationToken cancellationToken) =>
        site.Twins.EnrollAsync(
            Heartbeats.Organization,
            Heartbeats.DeviceIds(devices),
            Heartbeats.SnapsHash,
            cancellationToken
        );

    /// <summary>Publishes a burst and waits until all of it is stored.</summary>
    public static async Task<HeartbeatRun> MeasureAsync(Site site, BurstSize size, CancellationToken cancellationToken)
    {
        var heartbeats = new Heartbeats(size, TwinRows.Now());
        var takenBefore = await site.Service.CountTakenAsync(cancellationToken);
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var burst = BurstPublisher.Encode(heartbeats.Messages(Heartbeats.Topics));
        var oldestOfNewest = heartbeats.Newest().First().At;
        var processorBefore = site.Service.Use.ProcessorSeconds();

        var started = Stopwatch.GetTimestamp();
        var publishing = publisher.PublishAsync(burst, cancellationToken);
        var stored = 0;
        while (stored < size.Devices && Stopwatch.GetElapsedTime(started) < TimeLimit)
        {
            await Task.Delay(Pause, cancellationToken);
            stored = await site.Twins.CountSinceAsync(oldestOfNewest, cancellationToken);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        await publishing;
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        var taken = await site.Service.CountTakenAsync(cancellationToken) - takenBefore;
        var wrong = await site.Twins.CountWrongAsync(heartbeats.Newest(), cancellationToken);
        return new HeartbeatRun(
            size.Messages / elapsed.TotalSeconds,
            processor * 1_000_000 / size.Messages,
            Math.Max(0, size.Messages - taken) + wrong
        );
    }
}
