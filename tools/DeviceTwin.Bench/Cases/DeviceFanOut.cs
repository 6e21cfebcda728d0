using System.Globalization;
using DeviceTwin.Bench.Limits;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>Many people look at a device each.</summary>
/// <param name="subscribers">How many, and how many devices.</param>
/// <param name="time">For how long.</param>
internal sealed class DeviceFanOut(int subscribers, TimeSpan time) : IBenchCase
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private readonly int inTick = subscribers >= 1_000 ? 20 : 1;
    private long memoryBefore;
    private double bareMemory;

    /// <inheritdoc/>
    public string Name => "fan-out-devices";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{subscribers:N0} WebSockets each subscribe to the heartbeats of one device; {inTick * 100:N0} heartbeats a second for {time.TotalSeconds} s, each for one of them"
        );

    /// <inheritdoc/>
    public string Limit => "of memory what as many WebSockets take in a Kestrel that does nothing with them";

    /// <inheritdoc/>
    public string Reach => "none lost, p99 below 500 ms, less than 20 KB of memory a subscriber";

    /// <inheritdoc/>
    public async Task PrepareAsync(Site site, CancellationToken cancellationToken)
    {
        bareMemory = await BareMemoryAsync(cancellationToken);
        await HeartbeatRun.EnrollAsync(site, subscribers, cancellationToken);
        // What earlier sockets took is there for those of the next run: before the first of all it is not.
        memoryBefore = site.Service.Use.ResidentBytes();
    }

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        using var sockets = await SubscriberSockets.OpenAsync(
            subscribers,
            number =>
                SubscriberSocket.OpenAsync(
                    site.Service.Address,
                    "/graphql",
                    $$"""subscription($device: String!) { heartbeats(organizationId: "{{Heartbeats.Organization}}", deviceIds: [$device]) { deviceId at } }""",
                    SubscriberSocket.LagOf("\"at\":\""),
                    cancellationToken,
                    new { device = Heartbeats.DeviceId(number) }
                ),
            cancellationToken
        );
        await site.Service.WaitForSubscribersAsync(subscribers, cancellationToken);
        var memory = (site.Service.Use.ResidentBytes() - memoryBefore) / 1e3 / subscribers;
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var ticks = await Pace.RunAsync(
            Tick,
            time,
            async tick =>
                await publisher.PublishAsync(
                    Enumerable
                        .Range(tick * inTick, inTick)
                        .Select(number =>
                            Heartbeats.Message(
                                Heartbeats.Topics,
                                Heartbeats.Organization,
                                Heartbeats.DeviceId(number % subscribers),
                                TwinRows.Now()
                            )
                        ),
                    cancellationToken
                ),
            cancellationToken
        );
        var expected = (long)ticks * inTick;
        for (var waited = TimeSpan.Zero; waited < Settling && sockets.Events < expected; waited += Tick)
        {
            await Task.Delay(Tick, cancellationToken);
        }

        return new Sample(
            Math.Max(0, expected - sockets.Events),
            [
                new Figure("memory", "KB/subscriber", memory, bareMemory),
                .. sockets.Lags.Figures("publish to subscriber"),
            ]
        );
    }

    private async Task<double> BareMemoryAsync(CancellationToken cancellationToken)
    {
        await using var bare = await BareKestrelServer.StartAsync(cancellationToken);
        var before = bare.Use.ResidentBytes();
        using var sockets = await SubscriberSockets.OpenAsync(
            subscribers,
            _ =>
                SubscriberSocket.OpenAsync(bare.Address, "/push?frames=1&bytes=64", "{}", lag: null, cancellationToken),
            cancellationToken
        );
        return (bare.Use.ResidentBytes() - before) / 1e3 / subscribers;
    }
}
