using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>Brings the store to the schema that this program knows, before anything else uses it.</summary>
/// <param name="contexts">Makes contexts of the configured kind.</param>
public sealed class StoreMigrator(IDbContextFactory<TwinDbContext> contexts)
{
    /// <summary>Applies what is missing.</summary>
    /// <param name="wait">How long to wait for a store that cannot be reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached, refuses, or is newer than this program.</exception>
    public async Task MigrateAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }
}
