using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Operations;
using DeviceTwin.Data;
using DeviceTwin.Simulator;
using Microsoft.AspNetCore.Hosting.Server;

namespace DeviceTwin.Api.Commands;

/// <summary>Runs what the start was told to: the service, or one of the switches that end by themselves.</summary>
public static partial class ServiceHost
{
    /// <summary>The exit code when the service cannot start, or one of its parts failed for good.</summary>
    public const int CannotStart = 1;

    /// <summary>Runs until the end. What an operator can mend is told in one line on standard error.</summary>
    /// <param name="loaded">The settings and switches of this start.</param>
    /// <param name="build">Puts the service together.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(LoadedSettings loaded, Func<LoadedSettings, WebApplication> build)
    {
        try
        {
            return await (
                loaded.Health ? HealthQuestion.AskAsync(loaded.Settings, Console.Out)
                : loaded.MigrateOnly ? MigrateAsync(loaded, build)
                : ServeAsync(loaded, build)
            );
        }
        catch (Exception fault) when (Describe(fault, loaded.Settings.Service) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return CannotStart;
        }
    }

    private static async Task<int> MigrateAsync(LoadedSettings loaded, Func<LoadedSettings, WebApplication> build)
    {
        await using var app = build(loaded);
        var migrator = app.Services.GetRequiredService<StoreMigrator>();
        await migrator.MigrateAsync(loaded.Settings.Database.Wait, CancellationToken.None);
        return 0;
    }

    private static async Task<int> ServeAsync(LoadedSettings loaded, Func<LoadedSettings, WebApplication> build)
    {
        await using var app = build(loaded);
        app.Logger.LogOrigins(loaded);
        // Some parts read files when they are made: what is wrong with these is told before anything has started.
        var parts = app.Services.GetServices<IHostedService>().ToList();
        try
        {
            await app.StartAsync();
        }
        catch (Exception fault)
        {
            // What has started ends in good order, not by being disposed while it works.
            await app.StopAsync();
            if (fault is OperationCanceledException && app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Ctrl+C while the database was waited for.
                return 0;
            }

            throw;
        }

        app.Logger.LogReady(string.Join(", ", app.Urls));
        if (loaded.Demo)
        {
            await ShowDemoAsync(app.Services, app.Lifetime.ApplicationStopping);
        }

        await app.WaitForShutdownAsync();
        // The host ends when a part fails for good; whoever watches the process must see that it was not asked to.
        var hasFailed = parts.OfType<BackgroundService>().Any(part => part.ExecuteTask is { IsFaulted: true });
        return hasFailed ? CannotStart : 0;
    }

    private static async Task ShowDemoAsync(IServiceProvider services, CancellationToken stopping)
    {
        try
        {
            var fleet = await services.GetRequiredService<DemoFleet>().WhenConnected.WaitAsync(stopping);
            var address = services.GetRequiredService<IServer>().Address();
            var driver = services.GetRequiredService<Settings>().Database.Driver;
            await Console.Out.WriteAsync(DemoScreen.Create(address, fleet, driver));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl+C before the devices were connected.
        }
    }

    private static string? Describe(Exception fault, ServiceSettings service) =>
        fault switch
        {
            StoreUnavailableException or SetupException or SimulatorOptionsException => fault.Message,
            // Kestrel's way to say that it cannot listen.
            IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
                $"Another program listens on {service.Bind}:{service.Port}: end it, or set service.port to a free one.",
            System.Net.Sockets.SocketException refused =>
                $"Cannot listen on {service.Bind}:{service.Port}: {refused.Message}. Set service.bind to an address of this machine and service.port to a port that may be used.",
            _ => null,
        };

    [LoggerMessage(LogLevel.Information, "Device Twin serves {Addresses}")]
    private static partial void LogReady(this ILogger logger, string addresses);
}
