using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Simulator;

namespace DeviceTwin.Api.Operations;

/// <summary>Runs what the start was told to: the service, or one of the switches that end by themselves.</summary>
public static partial class ServiceRun
{
    /// <summary>The exit code when the service cannot start, or one of its parts failed for good.</summary>
    public const int CannotStart = 1;

    /// <summary>Runs until the end. What an operator can mend is told in one line on standard error.</summary>
    /// <param name="loaded">What the start was told.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(LoadedSettings loaded)
    {
        try
        {
            return await (
                loaded.Health ? HealthQuestion.AskAsync(loaded.Settings, Console.Out)
                : loaded.MigrateOnly ? MigrateAsync(loaded)
                : ServeAsync(loaded)
            );
        }
        catch (Exception fault) when (Describe(fault, loaded.Settings.Service) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return CannotStart;
        }
    }

    private static async Task<int> MigrateAsync(LoadedSettings loaded)
    {
        await using var app = Program.Build(loaded);
        var migrator = app.Services.GetRequiredService<StoreMigrator>();
        await migrator.MigrateAsync(loaded.Settings.Database.Wait, CancellationToken.None);
        return 0;
    }

    private static async Task<int> ServeAsync(LoadedSettings loaded)
    {
        await using var app = Program.Build(loaded);
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
        await app.WaitForShutdownAsync();
        // The host ends when a part fails for good; whoever watches the process must see that it was not asked to.
        var hasFailed = parts.OfType<BackgroundService>().Any(part => part.ExecuteTask is { IsFaulted: true });
        return hasFailed ? CannotStart : 0;
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
