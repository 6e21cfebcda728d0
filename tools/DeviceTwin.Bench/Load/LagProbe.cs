using System.Diagnostics;
using System.Threading.Channels;
using DeviceTwin.Bench.Surroundings;
using Npgsql;

namespace DeviceTwin.Bench.Load;

/// <summary>
/// Publishes heartbeats at a pace and looks for each in the store until it is there: the lag that a reader of the database sees. It asks without a pause
/// while one is under way, so it takes a little of the processors itself.
/// </summary>
/// <param name="site">Where.</param>
/// <param name="devices">Enrolled devices that nobody else speaks for, in turn.</param>
internal sealed class LagProbe(Site site, IReadOnlyList<string> devices)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Channel<(string DeviceId, DateTime At)> published = Channel.CreateUnbounded<(string, DateTime)>();
    private readonly List<double> lags = [];

    /// <summary>How many were not stored in time.</summary>
    public int Missing { get; private set; }

    /// <summary>Runs.</summary>
    /// <param name="interval">From one heartbeat to the next.</param>
    /// <param name="time">For how long.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>From just before the publish to the look that found it.</returns>
    public async Task<Latencies> RunAsync(TimeSpan interval, TimeSpan time, CancellationToken cancellationToken)
    {
        var looking = Task.Run(() => LookAsync(cancellationToken), cancellationToken);
        await using (
            var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken, "bench-probe")
        )
        {
            await Pace.RunAsync(
                interval,
                time,
                number => PublishAsync(publisher, number, cancellationToken),
                cancellationToken
            );
        }

        published.Writer.Complete();
        await looking;
        return new Latencies(lags);
    }

    private async Task PublishAsync(BurstPublisher publisher, int number, CancellationToken cancellationToken)
    {
        var deviceId = devices[number % devices.Count];
        // PostgreSQL keeps microseconds.
        var at = TwinRows.Now();
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
        var message = Heartbeats.Message(Heartbeats.Topics, Heartbeats.Organization, deviceId, at);
        await publisher.PublishAsync([message], cancellationToken);
        await published.Writer.WriteAsync((deviceId, at), cancellationToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(site.Source);
        await connection.OpenAsync(cancellationToken);
        await using var look = connection.CreateCommand();
        look.CommandText =
            "select h.heartbeat_at >= $2 from device_heartbeat h join device d on d.id = h.twin_id where d.device_id = $1";
        look.Parameters.Add(new NpgsqlParameter<string>());
        look.Parameters.Add(new NpgsqlParameter<DateTime>());
        await look.PrepareAsync(cancellationToken);
        await foreach (var (deviceId, at) in published.Reader.ReadAllAsync(cancellationToken))
        {
            look.Parameters[0].Value = deviceId;
            look.Parameters[1].Value = at;
            var started = Stopwatch.GetTimestamp();
            while (await look.ExecuteScalarAsync(cancellationToken) is not true)
            {
                if (Stopwatch.GetElapsedTime(started) > Limit)
                {
                    Missing++;
                    break;
                }
            }

            lags.Add((TwinRows.Now() - at).TotalMilliseconds);
        }
    }
}
