using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class MigrationTests
{
    [Theory, EveryStore(Memory = true)]
    public async Task An_empty_database_gets_the_schema(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var context = await store.OpenAsync();

        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.Equal(0, await context.Devices.CountAsync());
    }
}
