using System.Diagnostics;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>The service's database, seen past the service.</summary>
/// <param name="options">Where it is.</param>
internal sealed class TwinRows(StoreOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(20);

    private readonly ServiceProvider services = new ServiceCollection().AddTwinStore(options).BuildServiceProvider();

    private TwinStore Store => services.GetRequiredService<TwinStore>();

    /// <summary>Whether the database is PostgreSQL.</summary>
    public bool IsPostgres => options.Driver == StoreDriver.Postgres;

    /// <summary>The instant (UTC).</summary>
    public static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>Stores devices as if they had enrolled.</summary>
    public async Task EnrollAsync(
        string organizationId,
        IEnumerable<string> deviceIds,
        string snapsHash,
        CancellationToken cancellationToken
    )
    {
        var now = Now();
        await Store.WriteAsync(
            (context, _) =>
            {
                context.Add(new Organization { Id = organizationId, CreatedAt = now });
                context.AddRange(deviceIds.Select(id => Enrolled(organizationId, id, snapsHash, now)));
                return Task.CompletedTask;
            },
            cancellationToken
        );

        // PostgreSQL does it by itself within a minute; a burst that comes before would meet plans for empty tables.
        await using var reader = await Store.OpenAsync(cancellationToken);
        await reader.Database.ExecuteSqlAsync($"analyze", cancellationToken);
    }

    /// <summary>Runs statements.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var context = await Store.OpenAsync(cancellationToken);
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        await context.Database.ExecuteSqlRawAsync(
            sql.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal),
            cancellationToken
        );
    }

    /// <summary>Asks for one number.</summary>
    /// <param name="sql">A query of one row and a column <c>"Value"</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var context = await Store.OpenAsync(cancellationToken);
        return await context.Database.SqlQueryRaw<long>(sql).SingleAsync(cancellationToken);
    }

    /// <summary>Waits until a number is reached. Asking takes a tenth of the time at most: it is done on the processors that are measured.</summary>
    /// <returns>The number when it was reached, or after the limit.</returns>
    public async Task<long> WaitForAsync(string sql, long wanted, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            var count = await CountAsync(sql, cancellationToken);
            if (count >= wanted || Stopwatch.GetElapsedTime(started) > limit)
            {
                return count;
            }

            var pause = Stopwatch.GetElapsedTime(asked) * 9;
            await Task.Delay(pause > LeastPause ? pause : LeastPause, cancellationToken);
        }
    }

    /// <summary>How many devices have a heartbeat of this instant or a later one.</summary>
    public async Task<int> CountSinceAsync(DateTime instant, CancellationToken cancellationToken)
    {
        await using var reader = await Store.OpenAsync(cancellationToken);
        return await reader.Heartbeats.CountAsync(row => row.HeartbeatAt >= instant, cancellationToken);
    }

    /// <summary>How many of these devices have another newest instant than they should.</summary>
    public async Task<int> CountWrongAsync(
        IEnumerable<(string DeviceId, DateTime At)> expected,
        CancellationToken cancellationToken
    )
    {
        await using var reader = await Store.OpenAsync(cancellationToken);
        var stored = await reader
            .Devices.Select(device => new { device.DeviceId, device.Heartbeat.HeartbeatAt })
            .ToDictionaryAsync(device => device.DeviceId, device => device.HeartbeatAt, cancellationToken);
        return expected.Count(device => stored.GetValueOrDefault(device.DeviceId) != device.At);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static Device Enrolled(string organizationId, string deviceId, string snapsHash, DateTime now) =>
        new()
        {
            OrganizationId = organizationId,
            DeviceId = deviceId,
            CreatedAt = now,
            SnapListHash = snapsHash,
            InstalledSnapsHash = snapsHash,
            Heartbeat = new DeviceHeartbeat(),
            Sync = new DeviceSync(),
        };
}
