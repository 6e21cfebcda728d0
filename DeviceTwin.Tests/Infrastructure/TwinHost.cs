using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using DeviceTwin.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>The whole service as it runs for users, on real sockets at ports of its own, with a store of its own.</summary>
public sealed partial class TwinHost : IAsyncDisposable
{
    private readonly TwinHostOptions options;
    private readonly TestStore store;
    private readonly List<IAsyncDisposable> belongings = [];
    private WebApplication? app;

    private TwinHost(TwinHostOptions options, TestStore store, ITestOutputHelper? output)
    {
        this.options = options;
        this.store = store;
        Log = new TwinHostLog(output);
        Settings.Service.Port = 0;
        Settings.Database.Driver = Enum.Parse<DatabaseDriver>(store.Options.Driver.ToString());
        Settings.Database.Source = store.Options.Source;
        Settings.Mqtt.Port = options.Broker?.Port ?? 0;
        Settings.Mqtt.ClientIdSuffix = "test";
        if (options.Broker is { } broker)
        {
            Settings.Mqtt.Url = broker.Host;
            Settings.Mqtt.Tls = options.Certificates is not null;
            Settings.Mqtt.RootCertificateFile = TestCertificates.AuthorityFile;
            Settings.Mqtt.ClientCertificateFile = TestCertificates.ClientFile;
            Settings.Mqtt.ClientKeyFile = TestCertificates.ClientKeyFile;
            Settings.Service.CertificatesPath = options.Certificates?.Folder ?? "";
        }

        options.Configure?.Invoke(Settings);
    }

    /// <summary>The settings; a change takes effect at the next start.</summary>
    public Settings Settings { get; } = new();

    /// <summary>The service's log; it goes to the test's output, too.</summary>
    public TwinHostLog Log { get; }

    /// <summary>Every SQL command that the service ran.</summary>
    public SqlCommands Commands { get; } = new();

    /// <summary>The parts of the running service.</summary>
    public IServiceProvider Services => Running.Services;

    /// <summary>Where the service answers, e.g. <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address => new(Running.Urls.First());

    /// <summary>The broker's port.</summary>
    public int BrokerPort => options.Broker?.Port ?? Services.GetRequiredService<EmbeddedBroker>().Port;

    /// <summary>The broker's host.</summary>
    public string BrokerHost => options.Broker?.Host ?? "127.0.0.1";

    /// <summary>Whether devices can be heard.</summary>
    public bool IsConnected => Services.GetRequiredService<BrokerStatus>().Current.Connected;

    private WebApplication Running => app ?? throw new InvalidOperationException("The service is not running.");

    /// <summary>Starts the service and waits until it serves and, unless the options say otherwise, hears devices.</summary>
    /// <param name="output">The test's output.</param>
    /// <param name="options">What differs from the defaults.</param>
    public static async Task<TwinHost> StartAsync(ITestOutputHelper? output, TwinHostOptions? options = null)
    {
        options ??= new TwinHostOptions();
        var host = new TwinHost(options, options.ExistingStore ?? await TestStore.CreateAsync(options.Store), output);
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the service again after <see cref="StopAsync"/>, on the same store and at the same broker.</summary>
    public async Task StartAsync()
    {
        app = Api.Program.Build(new LoadedSettings(Settings, [], new HashSet<StartSwitch>()), Adjust);
        await app.StartAsync();
        if (Settings.Mqtt.IsEmbedded)
        {
            // Devices find it where they left it.
            Settings.Mqtt.Port = BrokerPort;
        }

        if (options.WaitsForBroker)
        {
            await Eventually.BecomesTrueAsync(() => IsConnected, "the service is connected to the broker");
        }
    }

    /// <summary>Ends the service as a signal would. Its store, its devices and a broker that is not embedded stay.</summary>
    public async Task StopAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
            app = null;
        }
    }

    /// <summary>Ends the service and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Opens a context on the service's own store. The caller disposes it.</summary>
    public Task<TwinDbContext> OpenStoreAsync() =>
        Services.GetRequiredService<TwinStore>().OpenAsync(CancellationToken.None);

    /// <summary>Connects a simulated device, which then behaves as agents do until the host is disposed.</summary>
    /// <param name="deviceId">Its id.</param>
    /// <param name="simulation">What it is like; its broker is the host's. Without: organization <c>demo</c>, a heartbeat each second.</param>
    public async Task<SimulatedAgent> ConnectDeviceAsync(string deviceId, SimulatorOptions? simulation = null)
    {
        var device = new TwinHostDevice(deviceId, AtBroker(simulation), options.Clock);
        belongings.Add(device);
        await device.ConnectAsync();
        return device.Agent;
    }

    /// <summary>Makes up a fleet at the host's broker. It ends with the host; the test starts it.</summary>
    /// <param name="simulation">What it is like.</param>
    public SimulatedFleet CreateFleet(SimulatorOptions simulation)
    {
        var fleet = new SimulatedFleet(AtBroker(simulation), options.Clock);
        belongings.Add(fleet);
        return fleet;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var belonging in Enumerable.Reverse(belongings))
        {
            await belonging.DisposeAsync();
        }

        client.Dispose();
        await StopAsync();
        Log.Dispose();
        if (options.ExistingStore is null)
        {
            await store.DisposeAsync();
        }
    }

    private SimulatorOptions AtBroker(SimulatorOptions? simulation) =>
        (
            simulation
            ?? new SimulatorOptions
            {
                Interval = TimeSpan.FromSeconds(1),
                OlderAgentShare = 0,
                SnapdDelay = TimeSpan.Zero,
            }
        ) with
        {
            Broker = BrokerHost,
            Port = BrokerPort,
            Tls = options.Certificates is { } files
                ? new TlsFiles(files.Authority, files.Client, files.ClientKey)
                : null,
        };

    private void Adjust(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddSingleton(options.Clock).AddSingleton<IInterceptor>(Commands);
        options.Services?.Invoke(builder.Services);
    }
}
