using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>Many people follow what changes, a tenth of the fleet each.</summary>
/// <param name="subscribers">How many.</param>
/// <param name="time">For how long.</param>
internal sealed class ChangeFanOut(int subscribers, TimeSpan time) : IBenchCase
{
    private const int Devices = 1_000;
    private const int Parts = 10;
    private const int PerSecond = 200;
    private const int ReadingOneIn = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => "fan-out-changes";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{subscribers:N0} WebSockets subscribe to `deviceChanged`, each to one of {Parts} parts of {Devices:N0} devices, while {PerSecond} tags a second are changed over GraphQL for {time.TotalSeconds} s"
        );

    /// <inheritdoc/>
    public string Reach =>
        "one read of the log a tick whatever the number of subscribers; each event serialized once for equal operations; none lost";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, Devices, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        using var sockets = await SubscriberSockets.OpenAsync(
            subscribers,
            number =>
                SubscriberSocket.OpenAsync(
                    site.Service.Address,
                    "/graphql",
                    Subscription(number % Parts),
                    number % ReadingOneIn == 0 ? SubscriberSocket.LagOf("\"at\":\"") : null,
                    cancellationToken
                ),
            cancellationToken
        );
        await site.Service.WaitForSubscribersAsync(subscribers, cancellationToken);
        var before = sockets.Events;
        var readsBefore = await ReadsAsync(site, cancellationToken);
        var processorBefore = site.Service.Use.ProcessorSeconds();

        var started = Stopwatch.GetTimestamp();
        var changes = await Pace.RunAsync(
            TimeSpan.FromSeconds(1.0 / PerSecond),
            time,
            number => ChangeAsync(site, number, cancellationToken),
            cancellationToken
        );
        var expected = before + ((long)changes * subscribers / Parts);
        await WaitAsync(sockets, expected, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        var reads = await ReadsAsync(site, cancellationToken) - readsBefore;
        var frames = sockets.Events - before;
        return new Sample(
            Math.Max(0, expected - sockets.Events),
            [
                new Figure("frames", "frames/s", frames / elapsed),
                new Figure("reads of the log", "1/s", reads / elapsed),
                new Figure(
                    "the service's processor time, changes included",
                    "µs/frame",
                    processor * 1_000_000 / frames
                ),
                .. sockets.Lags.Figures("change to subscriber"),
            ]
        );
    }

    private static string Subscription(int part)
    {
        var ids = Enumerable.Range(0, Devices / Parts).Select(number => Heartbeats.DeviceId((number * Parts) + part));
        var list = JsonSerializer.Serialize(ids);
        return $$"""subscription { deviceChanged(organizationId: "{{Heartbeats.Organization}}", deviceIds: {{list}}) { cursor at kinds device { deviceId brand } } }""";
    }

    private static Task<JsonElement> ChangeAsync(Site site, int number, CancellationToken cancellationToken) =>
        site.Service.AskAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""mutation { patchTags(input: { organizationId: "{{{Heartbeats.Organization}}}", deviceId: "{{{Heartbeats.DeviceId(number % Devices)}}}", patch: { number: {{{number}}} } }) { errors { __typename } } }"""
            ),
            cancellationToken
        );

    private static Task<long> ReadsAsync(Site site, CancellationToken cancellationToken) =>
        site.Twins.CountAsync(
            """select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as "Value" from pg_stat_user_tables where relname = 'twin_change'""",
            cancellationToken
        );

    private static async Task WaitAsync(SubscriberSockets sockets, long events, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (sockets.Events < events && Stopwatch.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }
}
