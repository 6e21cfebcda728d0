using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Devices;

/// <summary>Reads devices and holds their rows, so that what is decided about one device is decided one after the other.</summary>
public static class DeviceStatements
{
    /// <summary>
    /// Reads a device and holds its row until the transaction ends. Waits for another holder for three seconds at most, then
    /// throws: whoever holds one row stalls nobody else. Null where the device is not known.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Device?> LockAsync(
        TwinDbContext context,
        string deviceId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsPostgres)
        {
            return await context.Devices.SingleOrDefaultAsync(device => device.DeviceId == deviceId, cancellationToken);
        }

        await context.Database.ExecuteSqlRawAsync("set local lock_timeout = '3s'", cancellationToken);
        var found = await context
            .Devices.FromSql($"select * from device where device_id = {deviceId} for no key update")
            .ToListAsync(cancellationToken);
        return found.SingleOrDefault();
    }

    /// <summary>Reads and holds an organization's device that is in sight; null where there is none.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Device?> LockVisibleAsync(
        TwinDbContext context,
        string organizationId,
        string deviceId,
        CancellationToken cancellationToken
    ) =>
        await LockAsync(context, deviceId, cancellationToken) is { DeletedAt: null } device
        && device.OrganizationId == organizationId
            ? device
            : null;

    /// <summary>Reads and holds these devices, leaving out those that are not known or that somebody else holds.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<Device>> LockFreeAsync(
        TwinDbContext context,
        string[] deviceIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var devices = context.IsPostgres
            ? context.Devices.FromSql(
                $"select * from device where device_id = any({deviceIds}) for no key update skip locked"
            )
            : context.Devices.Where(device => deviceIds.Contains(device.DeviceId));
        return devices.ToListAsync(cancellationToken);
    }
}
