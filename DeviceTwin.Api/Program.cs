using DeviceTwin.Api.Commands;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL;
using DeviceTwin.Api.GraphQL.Engine;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Api.Operations;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Web;
using DeviceTwin.Data;

namespace DeviceTwin.Api;

/// <summary>The service from its settings to its doors: a table of contents.</summary>
public static class Program
{
    /// <summary>Reads the settings, then runs the service until it is told to end.</summary>
    /// <param name="arguments">The command line; <c>--help</c> explains it.</param>
    /// <returns>The exit code: 0, or see <see cref="ServiceHost.CannotStart"/> and <see cref="SettingsStart.WrongSettings"/>.</returns>
    public static async Task<int> Main(string[] arguments) =>
        arguments switch
        {
            [CertificatesCommand.Name, .. var rest] => CertificatesCommand.Run(rest),
            [TokenCommand.Name, .. var rest] => TokenCommand.Run(rest, Console.Out, Console.Error),
            _ => SettingsStart.Read(arguments, out var exitCode) is { } loaded
                ? await ServiceHost.RunAsync(loaded, settings => Build(settings))
                : exitCode,
        };

    /// <summary>Puts the service together; starting it opens the store, the broker and the doors, in this order.</summary>
    /// <param name="loaded">What the start was told.</param>
    /// <param name="adjust">Changes parts before they are used: a test's clock, its log.</param>
    /// <exception cref="StoreUnavailableException">The connection string cannot be read.</exception>
    public static WebApplication Build(LoadedSettings loaded, Action<WebApplicationBuilder>? adjust = null)
    {
        // Empty: appsettings.json, ASPNETCORE_… and the like would be sources of settings beside our own.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.AddHosting(loaded);

        builder.Services.AddTwinStore(loaded.Settings.Database.ToStoreOptions());
        // Parts start in the order in which they stand here, so nothing works on a store that is not migrated.
        builder.Services.AddHostedService<StoreStart>();
        builder.Services.AddTwins();
        builder.Services.AddEvents();
        builder.Services.AddMqtt();
        builder.Services.AddSecurity(loaded.Settings.Authentication);
        builder.Services.AddWebDoor();
        builder.Services.AddGraphQLEngine();
        builder.Services.AddGraphQLFeatures();
        builder.Services.AddGraphQLTransports();
        builder.Services.AddServiceHealth();
        if (loaded.Demo)
        {
            builder.Services.AddSingleton<DemoFleet>();
            builder.Services.AddHostedService(services => services.GetRequiredService<DemoFleet>());
        }

        adjust?.Invoke(builder);
        builder.Services.UseMicrosecondClock();

        var app = builder.Build();
        app.UseWebDoor();
        app.UseDashboardFiles(BuiltPage.Folder);
        app.UseCallers();
        app.UseCallerRate();
        app.MapGraphQLTransports();
        app.MapServiceHealth();
        app.MapDashboard(BuiltPage.Folder);
        return app;
    }
}
