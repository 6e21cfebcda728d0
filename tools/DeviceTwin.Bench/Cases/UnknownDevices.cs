using System.Diagnostics;
using System.Globalization;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>A fleet that nobody knows speaks up at once, while known devices go on.</summary>
/// <param name="devices">How many.</param>
internal sealed class UnknownDevices(int devices) : IBenchCase
{
    private const int Known = 1_000;
    private const int Snaps = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly int knownInTick = devices >= 1_000 ? 50 : 5;
    private int run;

    /// <inheritdoc/>
    public string Name => "unknown-devices";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{devices:N0} unknown devices send their first heartbeat in one burst and answer what they are asked, until each has a twin with operating system and {Snaps} snaps; meanwhile {knownInTick * 100:N0} heartbeats a second of known devices, of which the slowest second is told"
        );

    /// <inheritdoc/>
    public string Reach => "20 s, none forgotten, known devices never below half their rate";

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, Known, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var organization = string.Create(CultureInfo.InvariantCulture, $"fleet-{++run}");
        await using var agents = await AnsweringAgents.StartAsync(site.BrokerPort, organization, cancellationToken);
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var first = Enumerable
            .Range(0, devices)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{organization}-{number:00000}"))
            .Select(id => Heartbeats.Message(Heartbeats.Topics, organization, id, TwinRows.Now()));
        var burst = BurstPublisher.Encode(first);
        using var known = await KnownFlow.StartAsync(site, knownInTick, run, cancellationToken);
        var processorBefore = site.Service.Use.ProcessorSeconds();

        var started = Stopwatch.GetTimestamp();
        await publisher.PublishAsync(burst, cancellationToken);
        // The list comes last. Whether it was really the last is asked once: that question takes long, and the service would have to wait for it.
        await site.Twins.WaitForAsync(Listed(organization), devices, Limit, cancellationToken);
        var complete = await site.Twins.WaitForAsync(Complete(organization), devices, Limit, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        // The last list's snaps are there when its instant is.
        var snaps = await site.Twins.CountAsync(
            $"""select count(*)::bigint as "Value" from snap s join device d on d.id = s.twin_id where d.organization_id = '{organization}'""",
            cancellationToken
        );
        return new Sample(
            devices - complete + ((devices * Snaps) - snaps),
            new Figure("time until all are complete", "s", elapsed.TotalSeconds),
            new Figure("the service's processor time", "ms/device", processor * 1_000 / devices),
            new Figure("known devices' slowest second", "of their rate", await known.EndAsync())
        );
    }

    private static string Listed(string organization) =>
        $"""
            select count(*)::bigint as "Value" from device
            where organization_id = '{organization}' and snaps_reported_at is not null
            """;

    // A device is complete when its summary, its operating system and its list are there.
    private static string Complete(string organization) =>
        $"""
            select count(*)::bigint as "Value" from device d join operating_system o on o.twin_id = d.id
            where d.organization_id = '{organization}' and d.snaps_reported_at is not null
            """;

    /// <summary>Heartbeats of known devices, and how many of them are stored each second.</summary>
    private sealed class KnownFlow : IDisposable
    {
        private readonly Site site;
        private readonly int inTick;
        private readonly DateTime origin;
        private readonly CancellationTokenSource ending;
        private Task publishing = Task.CompletedTask;
        private Task<double> watching = Task.FromResult(double.NaN);

        private KnownFlow(Site site, int inTick, DateTime origin, CancellationToken cancellationToken)
        {
            this.site = site;
            this.inTick = inTick;
            this.origin = origin;
            ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }

        /// <summary>Starts it, and begins to watch when each known device has been heard.</summary>
        public static async Task<KnownFlow> StartAsync(
            Site site,
            int inTick,
            int run,
            CancellationToken cancellationToken
        )
        {
            // After those of the run before: an older heartbeat than the stored one moves nothing.
            var firstInstant = TwinRows.Now().Date.AddDays(run - 1_000);
            var flow = new KnownFlow(site, inTick, firstInstant, cancellationToken);
            flow.publishing = Task.Run(flow.PublishAsync, cancellationToken);
            var heard = $"""
                select count(*)::bigint as "Value" from device_heartbeat h join device d on d.id = h.twin_id
                where d.organization_id = '{Heartbeats.Organization}' and h.heartbeat_at >= '{firstInstant:O}'
                """;
            await site.Twins.WaitForAsync(heard, Known, Limit, cancellationToken);
            flow.watching = Task.Run(flow.WatchAsync, cancellationToken);
            return flow;
        }

        public async Task<double> EndAsync()
        {
            await ending.CancelAsync();
            await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await watching;
        }

        public void Dispose() => ending.Dispose();

        // An instant counts the heartbeats: one a millisecond of a day long ago, one day a run, then each second's newest tells how many were stored.
        private async Task PublishAsync()
        {
            await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, ending.Token, "bench-known");
            await Pace.RunAsync(
                Tick,
                Limit,
                async tick =>
                    await publisher.PublishAsync(
                        Enumerable
                            .Range(tick * inTick, inTick)
                            .Select(number =>
                                Heartbeats.Message(
                                    Heartbeats.Topics,
                                    Heartbeats.Organization,
                                    Heartbeats.DeviceId(number % Known),
                                    origin.AddMilliseconds(number)
                                )
                            ),
                        ending.Token
                    ),
                ending.Token
            );
        }

        private async Task<double> WatchAsync()
        {
            const string Newest = """
                select coalesce(sum(extract(epoch from h.heartbeat_at) * 1000)::bigint, 0) as "Value"
                from device_heartbeat h join device d on d.id = h.twin_id where d.organization_id = 'bench'
                """;
            var least = double.PositiveInfinity;
            // Each known device moves by Known milliseconds with each of its heartbeats.
            var (before, at) = (await site.Twins.CountAsync(Newest, CancellationToken.None), Stopwatch.GetTimestamp());
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), ending.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (ending.IsCancellationRequested)
                {
                    // What is left is not a second, and nothing is published in it any more.
                    break;
                }

                var now = await site.Twins.CountAsync(Newest, CancellationToken.None);
                var stored = (now - before) / (double)Known / Stopwatch.GetElapsedTime(at).TotalSeconds;
                least = Math.Min(least, stored / (inTick / Tick.TotalSeconds));
                (before, at) = (now, Stopwatch.GetTimestamp());
            }

            return double.IsInfinity(least) ? 1 : least;
        }
    }
}
