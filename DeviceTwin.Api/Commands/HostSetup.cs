using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Operations;
using DeviceTwin.Api.Web;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Commands;

/// <summary>What the service stands on: settings, clock, web server, log, and how it ends.</summary>
public static class HostSetup
{
    // Open streams and sockets are closed when the end begins; this is for what does not notice.
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(3);

    /// <summary>Adds it.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="loaded">What the start was told.</param>
    public static void AddHosting(this WebApplicationBuilder builder, LoadedSettings loaded)
    {
        builder.Services.AddSingleton(loaded).AddSingleton(loaded.Settings).AddSingleton(TimeProvider.System);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownLimit);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Open(loaded.Settings));
        builder.Logging.AddServiceLog(loaded.Settings.Log.Level);
    }

    /// <summary>The settings of the store, in its own words.</summary>
    /// <param name="settings">The settings.</param>
    public static StoreOptions ToStoreOptions(this DatabaseSettings settings) =>
        new(
            settings.Driver switch
            {
                DatabaseDriver.Sqlite => StoreDriver.Sqlite,
                DatabaseDriver.Memory => StoreDriver.Memory,
                DatabaseDriver.Postgres => StoreDriver.Postgres,
                _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Driver, "Unknown driver."),
            },
            settings.Source
        );
}
