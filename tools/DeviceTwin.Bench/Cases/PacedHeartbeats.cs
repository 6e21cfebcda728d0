using System.Globalization;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>A steady flow, as a fleet gives it: nothing may be lost inside the service, memory stays, heartbeats are stored soon.</summary>
/// <param name="perSecond">Heartbeats a second.</param>
/// <param name="time">For how long.</param>
internal sealed class PacedHeartbeats(int perSecond, TimeSpan time) : IBenchCase
{
    private const int Devices = 1_000;
    private const int Probes = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public string Name => "heartbeats-paced";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{perSecond:N0} heartbeats a second (QoS 0) of {Devices:N0} devices for {time.TotalSeconds} s; the lag from publish to stored of 20 more a second is from just before the publish until its commit is heard of"
        );

    /// <inheritdoc/>
    public string Reach => "none lost inside the service, memory flat, p99 below 250 ms";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, Devices + Probes, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var takenBefore = await site.Service.CountTakenAsync(cancellationToken);
        var processorBefore = site.Service.Use.ProcessorSeconds();
        var probe = new LagProbe(site, [.. Heartbeats.DeviceIds(Devices + Probes).Skip(Devices)]);
        var memoryBefore = 0L;
        var flowing = FlowAsync(site, () => memoryBefore = site.Service.Use.ResidentBytes(), cancellationToken);
        var lags = await probe.RunAsync(ProbeInterval, time, cancellationToken);
        var sent = await flowing + (long)(time / ProbeInterval);
        var memoryAfter = site.Service.Use.ResidentBytes();
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        var taken = await TakenAsync(site, takenBefore + sent, cancellationToken) - takenBefore;
        return new Sample(
            Math.Max(0, sent - taken) + probe.Missing,
            [
                .. lags.Figures("publish to stored"),
                new Figure("memory at a third", "MB", memoryBefore / 1e6),
                new Figure("memory at the end", "MB", memoryAfter / 1e6),
                new Figure("the service's processor time", "µs/heartbeat", processor * 1_000_000 / sent),
            ]
        );
    }

    private async Task<long> FlowAsync(Site site, Action atThird, CancellationToken cancellationToken)
    {
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var ofTick = (int)(perSecond * Tick.TotalSeconds);
        var third = (int)(time / Tick) / 3;
        var ticks = await Pace.RunAsync(
            Tick,
            time,
            async tick =>
            {
                if (tick == third)
                {
                    atThird();
                }

                var now = TwinRows.Now();
                var messages = Enumerable
                    .Range(tick * ofTick, ofTick)
                    .Select(number =>
                        Heartbeats.Message(
                            Heartbeats.Topics,
                            Heartbeats.Organization,
                            Heartbeats.DeviceId(number % Devices),
                            now
                        )
                    );
                await publisher.PublishAsync(messages, cancellationToken);
            },
            cancellationToken
        );
        return (long)ticks * ofTick;
    }

    private static async Task<long> TakenAsync(Site site, long wanted, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var taken = await site.Service.CountTakenAsync(cancellationToken);
            if (taken >= wanted || attempt == 100)
            {
                return taken;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }
}
