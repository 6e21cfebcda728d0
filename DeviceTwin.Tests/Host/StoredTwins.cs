using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Host;

/// <summary>Reads twins past the doors.</summary>
internal static class StoredTwins
{
    /// <summary>Waits until a twin is there and as it should be.</summary>
    public static async Task<Device> FindTwinAsync(this TwinHost host, string deviceId, Predicate<Device> isReady)
    {
        Device? twin = null;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var context = await host.OpenStoreAsync();
                twin = await context
                    .Devices.Include(device => device.Heartbeat)
                    .Include(device => device.OperatingSystem)
                    .Include(device => device.Snaps)
                    .Include(device => device.Metrics)
                    .AsNoTracking()
                    .SingleOrDefaultAsync(device => device.DeviceId == deviceId);
                return twin is not null && isReady(twin);
            },
            $"{deviceId} has the twin that is waited for",
            TimeSpan.FromSeconds(30)
        );
        return twin!;
    }

    /// <summary>How many twins there are.</summary>
    public static async Task<int> CountTwinsAsync(this TwinHost host)
    {
        await using var context = await host.OpenStoreAsync();
        return await context.Devices.CountAsync();
    }
}
