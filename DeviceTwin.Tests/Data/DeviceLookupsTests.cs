using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Twins;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class DeviceLookupsTests
{
    [Theory, EveryStore]
    public async Task A_device_is_found_in_its_own_organization_and_while_it_is_in_sight(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("d1");
        await world.EnrollAsync("deleted");
        await using (var context = await world.OpenAsync())
        {
            await context
                .Devices.Where(device => device.DeviceId == "deleted")
                .ExecuteUpdateAsync(row => row.SetProperty(device => device.DeletedAt, world.Now));
        }

        var devices = new DeviceLookups(world.Store, TimeProvider.System);
        string[] asked = ["d1", "deleted", "nobody"];
        var own = devices.FindAsync(TwinWorld.Organization, asked, CancellationToken.None);
        var other = devices.FindAsync("other", asked, CancellationToken.None);

        Assert.Equal("d1", Assert.Single(await own).DeviceId);
        Assert.Empty(await other);
    }
}
