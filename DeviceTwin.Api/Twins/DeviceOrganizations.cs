using System.Collections.Concurrent;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Remembers the organizations of devices for a while, so that a message costs no query.</summary>
/// <param name="store">Knows them.</param>
/// <param name="clock">Says when to look again.</param>
public sealed class DeviceOrganizations(TwinStore store, TimeProvider clock) : IDeviceOrganizations
{
    /// <summary>How many devices are remembered; with one more all are forgotten, and looked up again when they speak.</summary>
    public const int Capacity = 100_000;

    // A device stays in its organization; only being deleted takes it out.
    private static readonly TimeSpan Known = TimeSpan.FromMinutes(10);

    // One that is not known yet may be a second later.
    private static readonly TimeSpan Unknown = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Remembered> devices = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<string?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        devices.TryGetValue(deviceId, out var device) && clock.GetUtcNow() < device.Until
            ? ValueTask.FromResult(device.OrganizationId)
            : new(LookUpAsync(deviceId, cancellationToken));

    private async Task<string?> LookUpAsync(string deviceId, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var organization = await context
            .Devices.Where(device => device.DeviceId == deviceId && device.DeletedAt == null)
            .Select(device => device.OrganizationId)
            .SingleOrDefaultAsync(cancellationToken);
        if (devices.Count >= Capacity)
        {
            devices.Clear();
        }

        devices[deviceId] = new(organization, clock.GetUtcNow() + (organization is null ? Unknown : Known));
        return organization;
    }

    private sealed record Remembered(string? OrganizationId, DateTimeOffset Until);
}
