using System.Diagnostics;
using System.Globalization;
using DeviceTwin.Bench.Limits;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>How many heartbeats a second the service takes in from a broker and stores.</summary>
/// <param name="name">The case.</param>
/// <param name="size">How many come, from how many devices.</param>
internal sealed class HeartbeatBurst(string name, BurstSize size) : IBenchCase
{
    // As long as the other, so that the messages are as large; the service does not subscribe to it.
    private const string LimitTopics = "devices/limits";

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a burst of {size.Messages:N0} heartbeats (QoS 1) of {size.Devices:N0} devices over Mosquitto into PostgreSQL, from the first publish until every device's newest instant is stored"
        );

    /// <inheritdoc/>
    public string Limit => "a bare MQTTnet subscriber that does nothing, same broker, same publisher";

    /// <inheritdoc/>
    public string Reach => "45,000/s and 0.60 of the limit; none lost";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, size.Devices, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var run = await HeartbeatRun.MeasureAsync(site, size, cancellationToken);
        return new Sample(
            run.Lost,
            new Figure("taken in", "heartbeats/s", run.PerSecond, await RunLimitAsync(site, cancellationToken)),
            new Figure("the service's processor time", "µs/heartbeat", run.ProcessorMicroseconds)
        );
    }

    private async Task<double> RunLimitAsync(Site site, CancellationToken cancellationToken)
    {
        await using var subscriber = await BareSubscriber.StartAsync(
            site.BrokerPort,
            $"{LimitTopics}/+",
            size.Messages,
            cancellationToken
        );
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var burst = BurstPublisher.Encode(new Heartbeats(size, TwinRows.Now()).Messages(LimitTopics));

        var started = Stopwatch.GetTimestamp();
        var publishing = publisher.PublishAsync(burst, cancellationToken);
        await subscriber.AllReceived.WaitAsync(HeartbeatRun.TimeLimit, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await publishing;
        return size.Messages / elapsed.TotalSeconds;
    }
}
