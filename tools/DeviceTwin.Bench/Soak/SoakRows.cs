using Npgsql;

namespace DeviceTwin.Bench.Soak;

/// <summary>What the service has stored of the healthy devices, seen past the service.</summary>
/// <param name="source">The database's connection string.</param>
internal sealed class SoakRows(string source) : IAsyncDisposable
{
    private readonly NpgsqlDataSource database = NpgsqlDataSource.Create(source);

    /// <summary>How many devices have a twin with snaps.</summary>
    public Task<double> CountEnrolledAsync(CancellationToken cancellationToken) =>
        NumberAsync("select count(distinct twin_id) from snap", cancellationToken);

    /// <summary>Notes which devices are healthy, in a table of our own.</summary>
    public async Task MarkHealthyAsync(string[] deviceIds, CancellationToken cancellationToken)
    {
        await NumberAsync(
            "create table soak_healthy (twin_id bigint not null, device_id text primary key)",
            cancellationToken
        );
        await NumberAsync(
            "insert into soak_healthy select id, device_id from device where device_id = any($1)",
            cancellationToken,
            [deviceIds]
        );
    }

    /// <summary>How many healthy devices have a heartbeat of the last second.</summary>
    public Task<double> CountHeartbeatsAsync(CancellationToken cancellationToken) =>
        NumberAsync(
            "select count(*) from device_heartbeat natural join soak_healthy where heartbeat_at > now() - interval '1 second'",
            cancellationToken
        );

    /// <summary>For how long the healthy device that was heard longest ago has not been heard, in seconds.</summary>
    public Task<double> OldestSeenAsync(CancellationToken cancellationToken) =>
        NumberAsync(
            "select coalesce(max(extract(epoch from now() - last_seen_at)), 0) from device_heartbeat natural join soak_healthy",
            cancellationToken
        );

    /// <summary>How many healthy devices are not online.</summary>
    public Task<double> CountAwayAsync(CancellationToken cancellationToken) =>
        NumberAsync(
            "select count(*) from device_heartbeat natural join soak_healthy where connectivity <> 1",
            cancellationToken
        );

    /// <summary>How many devices of a group report this round's properties and have this round's configuration.</summary>
    public Task<double> CountConvergedAsync(string group, int round, CancellationToken cancellationToken) =>
        NumberAsync(
            """
            select count(*) from device_group g join device_group_member m on m.group_id = g.id join soak_healthy h on h.twin_id = m.twin_id
            join reported_state r on r.twin_id = m.twin_id join snap s on s.twin_id = m.twin_id and s.name = 'snapd'
            where g.name = $1 and r.properties #>> '{soak,round}' = $2::text and s.config #>> '{soak,round}' = $2::text
            """,
            cancellationToken,
            group,
            round
        );

    /// <summary>What became of the actions that were requested of healthy devices within a time; questions and steps of the service itself do not count.</summary>
    public async Task<SoakActions> ActionsAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        const string Requested =
            "from action natural join soak_healthy where not is_question and not is_reconciliation and created_at >= $1 and created_at < $2";
        const string Taken = "extract(epoch from updated_at - created_at) * 1000";
        return new SoakActions(
            await NumberAsync($"select count(*) {Requested}", cancellationToken, from, to),
            await NumberAsync($"select count(*) {Requested} and status = 2", cancellationToken, from, to),
            await NumberAsync(Percentile(0.5), cancellationToken, from, to),
            await NumberAsync(Percentile(0.99), cancellationToken, from, to)
        );

        static string Percentile(double share) =>
            FormattableString.Invariant(
                $"select coalesce(percentile_cont({share}) within group (order by {Taken}), 0) {Requested} and status = 2"
            );
    }

    /// <summary>How many jobs that were started within a time have succeeded.</summary>
    public Task<double> CountJobsAsync(DateTime from, DateTime to, CancellationToken cancellationToken) =>
        NumberAsync(
            "select count(*) from job where created_at >= $1 and created_at < $2 and status = 1 and failed = 0",
            cancellationToken,
            from,
            to
        );

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async Task<double> NumberAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return Convert.ToDouble(
            await command.ExecuteScalarAsync(cancellationToken) ?? 0,
            System.Globalization.CultureInfo.InvariantCulture
        );
    }
}

/// <summary>Actions of a minute.</summary>
/// <param name="Requested">How many were requested.</param>
/// <param name="Completed">How many of them are COMPLETED.</param>
/// <param name="P50">From the request to the response, the median, in milliseconds.</param>
/// <param name="P99">The 99th of a hundred.</param>
internal sealed record SoakActions(double Requested, double Completed, double P50, double P99);
