using DeviceTwin.Api.Twins;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins;

public sealed class DeviceOrganizationsTests
{
    [Theory, EveryStore]
    public async Task A_device_that_is_not_known_has_none_until_it_is(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var organizations = world.Get<IDeviceOrganizations>();
        Assert.Null(await organizations.FindAsync("c333", CancellationToken.None));

        await world.EnrollAsync("c333");
        world.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TwinWorld.Organization, await organizations.FindAsync("c333", CancellationToken.None));
    }

    [Theory, EveryStore]
    public async Task What_was_looked_up_is_not_looked_up_again_for_ten_minutes(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var organizations = world.Get<IDeviceOrganizations>();
        await world.EnrollAsync("c333");
        Assert.Equal(TwinWorld.Organization, await organizations.FindAsync("c333", CancellationToken.None));

        var device = await world.DeviceAsync("c333");
        await world.Store.WriteAsync(
            async (context, cancellationToken) =>
                (await context.Devices.FindAsync([device!.Id], cancellationToken))!.DeletedAt = world.Now,
            CancellationToken.None
        );
        world.Clock.Advance(TimeSpan.FromMinutes(9));

        // It comes from memory: no query is waited for.
        var remembered = organizations.FindAsync("c333", CancellationToken.None);
        Assert.True(remembered.IsCompletedSuccessfully);
        Assert.Equal(TwinWorld.Organization, await remembered);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await organizations.FindAsync("c333", CancellationToken.None));
    }
}
