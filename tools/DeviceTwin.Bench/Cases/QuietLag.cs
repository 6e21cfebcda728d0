using System.Globalization;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>How soon a heartbeat is stored, and told, while little happens.</summary>
/// <param name="time">For how long.</param>
internal sealed class QuietLag(TimeSpan time) : IBenchCase
{
    private const int Devices = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <inheritdoc/>
    public string Name => "quiet-lag";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"200 heartbeats a second (QoS 0) of {Devices} devices for {time.TotalSeconds} s, from just before the publish until its commit is heard of, and in another run until a GraphQL subscriber has its event"
        );

    /// <inheritdoc/>
    public string Reach => "stored p50 1.5 ms, p99 5 ms (the Go service: 1.5 and 2.5); told p50 3 ms, p99 10 ms";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, Devices, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var probe = new LagProbe(site, [.. Heartbeats.DeviceIds(Devices)]);
        var stored = await probe.RunAsync(Interval, time, cancellationToken);
        var told = await TellAsync(site, cancellationToken);
        return new Sample(
            probe.Missing + told.Missing,
            [.. stored.Figures("publish to stored"), .. told.Lags.Figures("publish to subscriber")]
        );
    }

    private async Task<(Latencies Lags, int Missing)> TellAsync(Site site, CancellationToken cancellationToken)
    {
        using var subscriber = await SubscriberSocket.OpenAsync(
            site.Service.Address,
            "/graphql",
            $$"""subscription { heartbeats(organizationId: "{{Heartbeats.Organization}}") { deviceId at } }""",
            SubscriberSocket.LagOf("\"at\":\""),
            cancellationToken
        );
        await site.Service.WaitForSubscribersAsync(1, cancellationToken);
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var sent = await Pace.RunAsync(
            Interval,
            time,
            async number =>
                await publisher.PublishAsync(
                    [
                        Heartbeats.Message(
                            Heartbeats.Topics,
                            Heartbeats.Organization,
                            Heartbeats.DeviceId(number % Devices),
                            TwinRows.Now()
                        ),
                    ],
                    cancellationToken
                ),
            cancellationToken
        );
        for (var attempt = 0; attempt < 100 && subscriber.Events < sent; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return (new Latencies(subscriber.Lags), sent - subscriber.Events);
    }
}
