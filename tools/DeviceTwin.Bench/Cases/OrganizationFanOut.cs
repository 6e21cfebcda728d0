using System.Diagnostics;
using System.Globalization;
using DeviceTwin.Bench.Limits;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>Many people look at the same organization.</summary>
/// <param name="subscribers">How many.</param>
/// <param name="time">For how long.</param>
internal sealed class OrganizationFanOut(int subscribers, TimeSpan time) : IBenchCase
{
    private const int Devices = 100;
    private const int PerSecond = 100;

    // One in so many reads how late its events are: reading all would be what is measured.
    private const int ReadingOneIn = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => "fan-out-organization";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{subscribers:N0} WebSockets each subscribe to the heartbeats of one organization with {PerSecond} heartbeats a second for {time.TotalSeconds} s; a slow reader gets each device's newest, so fewer frames than heartbeats are no loss, but one that misses the last heartbeat is"
        );

    /// <inheritdoc/>
    public string Limit =>
        "as many frames of as many bytes, each sent by itself over WebSockets of a bare Kestrel, to the same readers";

    /// <inheritdoc/>
    public string Reach => "100,000 frames/s or 0.5 of the limit, p99 below 500 ms";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        site.Twins.EnrollAsync(
            Heartbeats.Organization,
            [.. Heartbeats.DeviceIds(Devices), SubscriberSocket.LastEvent],
            Heartbeats.SnapsHash,
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        await using var kestrel = await BareKestrelServer.StartAsync(cancellationToken);
        var query =
            $$"""subscription { heartbeats(organizationId: "{{Heartbeats.Organization}}") { deviceId at receivedAt } }""";
        using var sockets = await SubscriberSockets.OpenAsync(
            subscribers,
            number =>
                SubscriberSocket.OpenAsync(
                    site.Service.Address,
                    "/graphql",
                    query,
                    number % ReadingOneIn == 0 ? SubscriberSocket.LagOf("\"at\":\"") : null,
                    cancellationToken
                ),
            cancellationToken
        );
        await site.Service.WaitForSubscribersAsync(subscribers, cancellationToken);
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var processorBefore = site.Service.Use.ProcessorSeconds();
        var started = Stopwatch.GetTimestamp();
        await Pace.RunAsync(
            TimeSpan.FromSeconds(1.0 / PerSecond),
            time,
            number => PublishAsync(publisher, number % Devices, cancellationToken),
            cancellationToken
        );
        // The last of all: the device that has been silent so far.
        await PublishAsync(publisher, Devices, cancellationToken);
        await sockets.WaitForLastAsync(Patience, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        var frames = sockets.Events;
        var limit = await PushAsync(
            kestrel.Address,
            sockets.BytesOfEvent,
            (int)(frames / subscribers),
            cancellationToken
        );
        return new Sample(
            sockets.Incomplete,
            [
                new Figure("frames", "frames/s", frames / elapsed, limit),
                new Figure(
                    "frames of all that there could be",
                    "share",
                    frames / (time.TotalSeconds * PerSecond * subscribers)
                ),
                new Figure("the service's processor time", "µs/frame", processor * 1_000_000 / frames),
                .. sockets.Lags.Figures("publish to subscriber"),
            ]
        );
    }

    private static async Task PublishAsync(BurstPublisher publisher, int device, CancellationToken cancellationToken) =>
        await publisher.PublishAsync(
            [
                Heartbeats.Message(
                    Heartbeats.Topics,
                    Heartbeats.Organization,
                    device == Devices ? SubscriberSocket.LastEvent : Heartbeats.DeviceId(device),
                    TwinRows.Now()
                ),
            ],
            cancellationToken
        );

    private async Task<double> PushAsync(Uri address, int bytes, int frames, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/push?frames={frames}&bytes={bytes}");
        using var sockets = await SubscriberSockets.OpenAsync(
            subscribers,
            _ => SubscriberSocket.OpenAsync(address, path, "{}", lag: null, cancellationToken),
            cancellationToken
        );
        using var client = new HttpClient();
        var started = Stopwatch.GetTimestamp();
        _ = await client.GetStringAsync(new Uri(address, "/begin"), cancellationToken);
        await sockets.WaitForLastAsync(Patience, cancellationToken);
        return sockets.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
