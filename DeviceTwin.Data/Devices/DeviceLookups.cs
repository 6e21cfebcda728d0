using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Devices;

/// <summary>Looks up devices in sight by their ids, with their heartbeats, for many callers at once.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Our clock.</param>
public sealed class DeviceLookups(TwinStore store, TimeProvider clock)
{
    private static readonly CompiledQuery<string, Device> InSight = new(
        (context, deviceIds) =>
            context
                .Devices.AsNoTracking()
                .Where(device => device.DeletedAt == null && deviceIds.Contains(device.DeviceId))
                .Select(DeviceColumns.Shown)
    );

    private readonly JoinedLookups<string, Device> lookups = new(
        async (deviceIds, cancellationToken) =>
        {
            await using var context = await store.OpenAsync(cancellationToken);
            return await InSight
                .Read(context, deviceIds)
                .ToDictionaryAsync(device => device.DeviceId, null, cancellationToken);
        },
        clock
    );

    /// <summary>Finds those of an organization's devices that have these ids. The rows are shared: they are not to be changed.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The ids.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IEnumerable<Device>> FindAsync(
        string organizationId,
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        var found = await lookups.FindAsync(deviceIds, cancellationToken);
        // An id is one device's whatever the organization, so the statement does not ask for it.
        return found.Where(device => device.OrganizationId == organizationId);
    }
}
