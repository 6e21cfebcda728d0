using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Operations;

/// <summary>Brings the store up to date before any other part starts.</summary>
/// <param name="migrator">Does it.</param>
/// <param name="settings">Say how long to wait for the store.</param>
/// <param name="logger">Takes the step.</param>
internal sealed partial class StoreStart(StoreMigrator migrator, Settings settings, ILogger<StoreStart> logger)
    : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">The store cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogOpening(settings.Database.Driver);
        return migrator.MigrateAsync(settings.Database.Wait, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Opening the {Driver} store")]
    private partial void LogOpening(DatabaseDriver driver);
}
