using System.Diagnostics;
using System.Globalization;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>How many answers to <c>list</c> a second become parts of twins.</summary>
/// <param name="devices">How many devices answer, once each.</param>
internal sealed class SnapLists(int devices) : IBenchCase
{
    private const int Snaps = 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private int revision = 1;

    /// <inheritdoc/>
    public string Name => "snap-lists";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the answers to `list` of {devices:N0} devices, {Snaps} snaps each, in one burst, until all actions are completed: once as the twins have them already, once with another version of every snap"
        );

    /// <inheritdoc/>
    public string Limit => "COPY of as many rows into a table like `snap`, with its indexes";

    /// <inheritdoc/>
    public string Reach => "1,500 devices/s where nothing changed, 500/s where all did";

    /// <inheritdoc/>
    public async Task PrepareAsync(Site site, CancellationToken cancellationToken)
    {
        await HeartbeatRun.EnrollAsync(site, devices, cancellationToken);
        await site.Twins.ExecuteAsync("create table snap_copy (like snap including all)", cancellationToken);
        await AnswerAsync(site, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var same = await AnswerAsync(site, cancellationToken);
        revision++;
        var changed = await AnswerAsync(site, cancellationToken);
        var copy = await CopyAsync(site, cancellationToken);
        return new Sample(
            same.Lost + changed.Lost,
            new Figure("nothing changed", "devices/s", same.PerSecond, copy),
            new Figure("nothing changed, the service's processor time", "ms/device", same.Processor),
            new Figure("all changed", "devices/s", changed.PerSecond, copy),
            new Figure("all changed, the service's processor time", "ms/device", changed.Processor)
        );
    }

    private async Task<(double PerSecond, double Processor, long Lost)> AnswerAsync(
        Site site,
        CancellationToken cancellationToken
    )
    {
        var round = Guid.NewGuid().ToString("N");
        await site.Twins.ExecuteAsync(Asked(round), cancellationToken);
        await using var publisher = await BurstPublisher.ConnectAsync(site.BrokerPort, cancellationToken);
        var burst = BurstPublisher.Encode(
            Heartbeats
                .DeviceIds(devices)
                .Select(id => ($"devices/pub/{id}", AgentAnswers.List($"{round}-{id}", id, revision)))
        );
        var processorBefore = site.Service.Use.ProcessorSeconds();

        var started = Stopwatch.GetTimestamp();
        var publishing = publisher.PublishAsync(burst, cancellationToken);
        var completed = await site.Twins.WaitForAsync(
            $"""select count(*)::bigint as "Value" from action where action_id like '{round}-%' and status = 2""",
            devices,
            TimeLimit,
            cancellationToken
        );
        var elapsed = Stopwatch.GetElapsedTime(started);
        await publishing;
        var processor = site.Service.Use.ProcessorSeconds() - processorBefore;
        var wrong = await site.Twins.CountAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""select count(*)::bigint as "Value" from snap where revision <> {revision}"""
            ),
            cancellationToken
        );
        return (devices / elapsed.TotalSeconds, processor * 1_000 / devices, devices - completed + wrong);
    }

    // As if the service had asked each device, and the broker had taken it.
    private static string Asked(string round) =>
        $"""
            insert into action (action_id, organization_id, device_id, kind, status, created_at, updated_at, sent_at, expires_at,
                                requested_by, is_question, is_reconciliation)
              select '{round}-' || device_id, organization_id, device_id, 7, 1, now(), now(), now(), now() + interval '1 day',
                     'service', true, false
              from device;
            analyze action;
            """;

    private async Task<double> CopyAsync(Site site, CancellationToken cancellationToken)
    {
        await site.Twins.ExecuteAsync("truncate snap_copy", cancellationToken);
        await using var connection = new Npgsql.NpgsqlConnection(site.Source);
        await connection.OpenAsync(cancellationToken);
        var rows = await ReadAsync(connection, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await using (
            var copy = await connection.BeginRawBinaryCopyAsync("copy snap_copy from stdin binary", cancellationToken)
        )
        {
            await copy.WriteAsync(rows, cancellationToken);
        }

        return devices / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<byte[]> ReadAsync(Npgsql.NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            "copy snap to stdout binary",
            cancellationToken
        );
        using var rows = new MemoryStream();
        await copy.CopyToAsync(rows, cancellationToken);
        return rows.ToArray();
    }
}
