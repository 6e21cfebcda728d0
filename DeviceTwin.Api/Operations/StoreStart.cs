using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Operations;

/// <summary>Brings the store up to date before any other part starts.</summary>
/// <param name="migrator">Does it.</param>
/// <param name="settings">Say how long to wait for the store.</param>
internal sealed class StoreStart(StoreMigrator migrator, Settings settings) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">The store cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken) =>
        migrator.MigrateAsync(settings.Database.Wait, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
