using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Api.Twins;
using DeviceTwin.Simulator;

namespace DeviceTwin.Api.Operations;

/// <summary>The fleet of <c>--demo</c>: it starts once the service receives messages of devices.</summary>
/// <param name="settings">Name the broker.</param>
/// <param name="embedded">Knows its port.</param>
/// <param name="broker">Knows when devices can be heard.</param>
/// <param name="lifetime">Says when everything has started.</param>
internal sealed class DemoFleet(
    Settings settings,
    EmbeddedBroker embedded,
    BrokerStatus broker,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    private readonly TaskCompletionSource<SimulatorOptions> connected = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>Ends when the devices are connected, with what they are.</summary>
    public Task<SimulatorOptions> WhenConnected => connected.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = CreateOptions();
        await using var fleet = new SimulatedFleet(options);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await broker.WhenConnected.WaitAsync(stoppingToken);
        fleet.Start();
        await fleet.WhenConnectedAsync(stoppingToken);
        connected.SetResult(options);
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private SimulatorOptions CreateOptions() =>
        new()
        {
            Interval = TimeSpan.FromSeconds(5),
            Broker = embedded.IsWanted
                ? BindAddress.Reachable(BindAddress.Parse(settings.Mqtt.EmbeddedBind)).ToString()
                : settings.Mqtt.Url,
            Port = embedded.IsWanted ? embedded.Port : settings.Mqtt.EffectivePort,
            Tls =
                !settings.Mqtt.EffectiveTls ? null
                // The embedded broker knows each device by its own certificate.
                : embedded.IsWanted
                    ? new TlsFiles(
                        Certificate(settings.Mqtt.RootCertificateFile),
                        Folder: settings.Service.CertificatesPath
                    )
                : new TlsFiles(
                    Certificate(settings.Mqtt.RootCertificateFile),
                    Certificate(settings.Mqtt.ClientCertificateFile),
                    Certificate(settings.Mqtt.ClientKeyFile)
                ),
        };

    private string Certificate(string file) => Path.Combine(settings.Service.CertificatesPath, file);
}
