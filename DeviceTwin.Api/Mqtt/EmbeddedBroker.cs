using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using MQTTnet.Server;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The broker inside this process, for a first look and small sites. It listens on loopback, or with TLS anywhere; with TLS each device
/// speaks and listens for itself alone (<see cref="EmbeddedAdmission"/>, <see cref="EmbeddedRights"/>). Over a restart it keeps
/// retained messages where <c>mqtt.embedded.retained.path</c> names a file. It does not keep sessions: what was queued for a client that
/// is away, and what a client had not acknowledged, is gone when the process ends.
/// </summary>
/// <param name="settings">Say whether it is wanted, where it listens, and how large its queues are.</param>
/// <param name="admission">Says who may connect.</param>
/// <param name="rights">Say what who is connected may do.</param>
/// <param name="queues">Bounds what is kept for clients.</param>
/// <param name="rejections">Is told of certificates that are not trusted.</param>
/// <param name="clock">Paces the writing of retained messages, and newcomers.</param>
/// <param name="logger">Takes what goes wrong with the file.</param>
internal sealed partial class EmbeddedBroker(
    Settings settings,
    EmbeddedAdmission admission,
    EmbeddedRights rights,
    EmbeddedQueues queues,
    RejectionLog rejections,
    TimeProvider clock,
    ILogger<EmbeddedBroker> logger
) : IHostedService, IDisposable
{
    private static readonly TimeSpan SavePause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly RetainedMessageFile? file = settings.Mqtt.EmbeddedRetainedPath is { Length: > 0 } path
        ? new RetainedMessageFile(path)
        : null;

    private Task saving = Task.CompletedTask;
    private int unsaved;

    /// <summary>Whether the settings ask for it.</summary>
    public bool IsWanted => settings.Mqtt.IsEmbedded;

    /// <summary>The port that devices find it on, once it has started. Where the setting is 0 the system has chosen one.</summary>
    public int Port { get; private set; }

    /// <summary>Where the service itself connects, without TLS: with TLS on, a port of its own on loopback that admits nobody else.</summary>
    public IPEndPoint ServiceEndpoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>MQTTnet's broker; null before it has started, and where another broker is used.</summary>
    internal MqttServer? Server { get; private set; }

    /// <summary>Starts it, where it is wanted.</summary>
    /// <param name="cancellationToken">Not looked at: it takes no time.</param>
    /// <exception cref="SetupException">The port is in use, or the retained messages cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsWanted)
        {
            return;
        }

        var listeners = OpenListeners();
        var server = new MqttServerFactory().CreateMqttServer(CreateOptions(), listeners);
        server.ValidatingConnectionAsync += admission.CheckAsync;
        if (settings.Mqtt.EmbeddedTls)
        {
            server.ClientDisconnectedAsync += admission.ForgetAsync;
            server.InterceptingPublishAsync += rights.CheckAsync;
            server.InterceptingSubscriptionAsync += rights.CheckAsync;
        }

        queues.Attach(server);
        Server = server;
        if (file is not null)
        {
            var retained = await file.LoadAsync();
            server.LoadingRetainedMessageAsync += loading =>
            {
                loading.LoadedRetainedMessages = retained;
                return Task.CompletedTask;
            };
            server.RetainedMessageChangedAsync += _ => NoteChange();
            server.RetainedMessagesClearedAsync += _ => NoteChange();
        }

        await server.StartAsync();
        if (file is not null)
        {
            saving = SaveChangesAsync(file, server);
        }
    }

    /// <summary>Writes what is retained, and ends.</summary>
    /// <param name="cancellationToken">Not looked at: it takes no time.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Server is { IsStarted: true } server)
        {
            await stopping.CancelAsync();
            await saving;
            await server.StopAsync(new MqttServerStopOptions());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Server?.Dispose();
        stopping.Dispose();
    }

    private MqttServerOptions CreateOptions() =>
        new MqttServerOptionsBuilder()
            .WithPersistentSessions()
            .WithMaxPendingMessagesPerClient(settings.Mqtt.EmbeddedPendingLimit)
            // Of the two this is the one with a bound: a dropped oldest message stays in MQTTnet's list of unacknowledged ones.
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropNewMessage)
            .Build();

#pragma warning disable CA2000 // MQTTnet's server disposes its listeners.
    private List<EmbeddedListener> OpenListeners()
    {
        var mqtt = settings.Mqtt;
        var devices = Open(
            new(BindAddress.Parse(mqtt.EmbeddedBind), mqtt.EffectivePort),
            mqtt.EmbeddedTls ? Tls() : null
        );
        Port = devices.Endpoint.Port;
        if (!mqtt.EmbeddedTls)
        {
            ServiceEndpoint = new(BindAddress.Reachable(devices.Endpoint.Address), Port);
            return [devices];
        }

        var own = Open(new(IPAddress.Loopback, 0), tls: null);
        ServiceEndpoint = own.Endpoint;
        return [devices, own];
    }
#pragma warning restore CA2000

    private EmbeddedListener Open(IPEndPoint endpoint, SslServerAuthenticationOptions? tls)
    {
        var listener = new EmbeddedListener(endpoint, tls, settings, rejections, clock, logger);
        try
        {
            listener.Open();
            return listener;
        }
        catch (SocketException inUse)
        {
            listener.Dispose();
            throw new SetupException(
                $"The embedded broker cannot listen on {endpoint}: {inUse.Message}. Set mqtt.port to a free one.",
                inUse
            );
        }
    }

    private SslServerAuthenticationOptions Tls()
    {
        var certificates = BrokerCertificates.LoadForEmbedded(settings, clock.GetUtcNow().UtcDateTime);
        return new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificates.Own, null, offline: true),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = new DeviceTrust(certificates, rejections).IsTrusted,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // A resumed session brings no chain along.
            AllowTlsResume = false,
#pragma warning disable CA5398 // The least version is what is wanted; newer ones are added here when there are any.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        };
    }

    private Task NoteChange()
    {
        Interlocked.Exchange(ref unsaved, 1);
        return Task.CompletedTask;
    }

    private async Task SaveChangesAsync(RetainedMessageFile target, MqttServer source)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(SavePause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Interlocked.Exchange(ref unsaved, 0) == 0)
            {
                continue;
            }

            try
            {
                await target.SaveAsync(await source.GetRetainedMessagesAsync());
            }
            catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
            {
                Interlocked.Exchange(ref unsaved, 1);
                LogUnsaved(unwritten.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Retained messages cannot be written (mqtt.embedded.retained.path): {Reason}")]
    private partial void LogUnsaved(string reason);
}
