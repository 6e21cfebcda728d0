using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>The service's database, seen past the service.</summary>
/// <param name="source">The connection string.</param>
internal sealed class TwinRows(string source) : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection()
        .AddTwinStore(new StoreOptions(StoreDriver.Postgres, source))
        .BuildServiceProvider();

    private TwinStore Store => services.GetRequiredService<TwinStore>();

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
