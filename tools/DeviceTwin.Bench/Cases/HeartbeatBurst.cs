using System.Diagnostics;
using System.Globalization;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>How many heartbeats a second the service takes in from a broker and stores.</summary>
/// <param name="size">How many come, from how many devices.</param>
internal sealed class HeartbeatBurst(BurstSize size) : IBenchCase
{
    private const string ServiceTopics = "devices/health";

    // As long as the other, so that the messages are as large; the service does not subscribe to it.
    private const string LimitTopics = "devices/limits";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public string Name => "heartbeats in";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a burst of {size.Messages:N0} heartbeats (QoS 1) of {size.Devices:N0} devices over Mosquitto into PostgreSQL, from the first publish until every device's newest instant is stored"
        );

    /// <inheritdoc/>
    public string Unit => "heartbeats/s";

    /// <inheritdoc/>
    public string Limit => "a bare MQTTnet subscriber that does nothing, same broker, same publisher";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        site.Twins.EnrollAsync(
            Heartbeats.Organization,
            Heartbeats.DeviceIds(size.Devices),
            Heartbeats.SnapsHash,
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var heartbeats = new Heartbeats(size, TwinRows.Now());
        var takenBefore = await site.Service.CountTakenAsync(cancellationToken);
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var burst = publisher.Encode(heartbeats.Messages(ServiceTopics));
        var oldestOfNewest = heartbeats.Newest().First().At;

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
        var taken = await site.Service.CountTakenAsync(cancellationToken) - takenBefore;
        var wrong = await site.Twins.CountWrongAsync(heartbeats.Newest(), cancellationToken);
        return new Sample(size.Messages / elapsed.TotalSeconds, Math.Max(0, size.Messages - taken) + wrong);
    }

    /// <inheritdoc/>
    public async Task<double> RunLimitAsync(Site site, CancellationToken cancellationToken)
    {
        await using var subscriber = await BareSubscriber.StartAsync(
            site.BrokerPort,
            $"{LimitTopics}/+",
            size.Messages,
            cancellationToken
        );
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var burst = publisher.Encode(new Heartbeats(size, TwinRows.Now()).Messages(LimitTopics));

        var started = Stopwatch.GetTimestamp();
        var publishing = publisher.PublishAsync(burst, cancellationToken);
        await subscriber.AllReceived.WaitAsync(TimeLimit, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await publishing;
        return size.Messages / elapsed.TotalSeconds;
    }
}
