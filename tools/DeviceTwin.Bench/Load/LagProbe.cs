using System.Collections.Concurrent;
using System.Globalization;
using DeviceTwin.Bench.Surroundings;
using Npgsql;

namespace DeviceTwin.Bench.Load;

/// <summary>
/// Publishes heartbeats at a pace and hears from PostgreSQL of each commit that stores one: the lag that a reader of the database sees. It does not
/// ask again and again, which would take the processors from what is measured; what telling costs the service's transactions is in the figure.
/// </summary>
/// <param name="site">Where.</param>
/// <param name="devices">Enrolled devices that nobody else speaks for, in turn.</param>
internal sealed class LagProbe(Site site, IReadOnlyList<string> devices)
{
    private const string Stop = "drop trigger bench_told on device_heartbeat; drop function bench_tell()";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, bool> awaited = new();
    private readonly List<double> lags = [];

    /// <summary>How many were not stored in time.</summary>
    public int Missing => awaited.Count;

    /// <summary>Runs.</summary>
    /// <param name="interval">From one heartbeat to the next.</param>
    /// <param name="time">For how long.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>From just before the publish to when its commit was heard of.</returns>
    public async Task<Latencies> RunAsync(TimeSpan interval, TimeSpan time, CancellationToken cancellationToken)
    {
        await site.Twins.ExecuteAsync(Start, cancellationToken);
        using var published = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hearing = HearAsync(listens, published.Token);
        await Task.WhenAny(listens.Task, hearing);
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

        published.CancelAfter(awaited.IsEmpty ? TimeSpan.Zero : Limit);
        await hearing;
        await site.Twins.ExecuteAsync(Stop, cancellationToken);
        return new Latencies(lags);
    }

    // The instant in the heartbeat, in microseconds, tells which it is.
    private string Start =>
        $$"""
            create function bench_tell() returns trigger language plpgsql as $tell$
            begin
              perform pg_notify('bench_told', (extract(epoch from new.heartbeat_at) * 1000000)::bigint::text);
              return null;
            end $tell$;
            do $listen$
            begin
              execute format(
                'create trigger bench_told after update on device_heartbeat for each row when (new.twin_id = any(%L::bigint[])) execute function bench_tell()',
                (select array_agg(id) from device where device_id = any(array[{{string.Join(
                    ',',
                    devices.Select(id => $"'{id}'")
                )}}])));
            end $listen$;
            """;

    private static long MicrosecondsOf(DateTime at) => (at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private async Task PublishAsync(BurstPublisher publisher, int number, CancellationToken cancellationToken)
    {
        var deviceId = devices[number % devices.Count];
        var at = DateTime.UnixEpoch.AddMicroseconds(MicrosecondsOf(TwinRows.Now()));
        awaited[MicrosecondsOf(at)] = true;
        var message = Heartbeats.Message(Heartbeats.Topics, Heartbeats.Organization, deviceId, at);
        await publisher.PublishAsync([message], cancellationToken);
    }

    private async Task HearAsync(TaskCompletionSource listens, CancellationToken published)
    {
        await using var connection = new NpgsqlConnection(site.Source);
        connection.Notification += (_, told) => Hear(told.Payload);
        try
        {
            await connection.OpenAsync(published);
            await using var listen = new NpgsqlCommand("listen bench_told", connection);
            await listen.ExecuteNonQueryAsync(published);
            listens.SetResult();
            while (!published.IsCancellationRequested)
            {
                await connection.WaitAsync(published);
            }
        }
        catch (OperationCanceledException) when (published.IsCancellationRequested)
        {
            // All that was published has been heard of, or had its time.
        }
    }

    private void Hear(string payload)
    {
        var told = long.Parse(payload, CultureInfo.InvariantCulture);
        if (awaited.TryRemove(told, out _))
        {
            lags.Add((MicrosecondsOf(TwinRows.Now()) - told) / 1e3);
        }
    }
}
