using System.Net;
using System.Net.Sockets;
using DeviceTwin.Api.Configuration;
using MQTTnet.Server;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The broker inside this process, for a first look and small sites; it listens on 127.0.0.1 only. Over a restart it keeps
/// retained messages where <c>mqtt.embedded.retained.path</c> names a file. It does not keep sessions: what was queued for a client that
/// is away, and what a client had not acknowledged, is gone when the process ends.
/// </summary>
/// <param name="settings">Say whether it is wanted, and how large its queues are.</param>
/// <param name="clock">Paces the writing of retained messages.</param>
/// <param name="logger">Takes what goes wrong with the file.</param>
public sealed partial class EmbeddedBroker(Settings settings, TimeProvider clock, ILogger<EmbeddedBroker> logger)
    : IHostedService,
        IDisposable
{
    private const int DefaultPort = 1883;
    private static readonly TimeSpan SavePause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly RetainedMessageFile? file = settings.Mqtt.EmbeddedRetainedPath is { Length: > 0 } path
        ? new RetainedMessageFile(path)
        : null;

    private Task saving = Task.CompletedTask;
    private int unsaved;

    /// <summary>Whether the settings ask for it.</summary>
    public bool IsWanted => settings.Mqtt.Url == MqttSettings.Embedded;

    /// <summary>The port that it listens on, once it has started. Where the setting is 0 the system has chosen one.</summary>
    public int Port { get; private set; }

    /// <summary>MQTTnet's broker; null before it has started, and where another broker is used.</summary>
    internal MqttServer? Server { get; private set; }

    /// <summary>Starts it, where it is wanted.</summary>
    /// <param name="cancellationToken">Not looked at: it takes no time.</param>
    /// <exception cref="MqttSetupException">The port is in use, or the retained messages cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsWanted)
        {
            return;
        }

        Port = settings.Mqtt.Port switch
        {
            null => DefaultPort,
            0 => FreePort(),
            var port => port.Value,
        };
        var server = new MqttServerFactory().CreateMqttServer(CreateOptions());
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

        try
        {
            await server.StartAsync();
        }
        catch (SocketException inUse)
        {
            throw new MqttSetupException(
                $"The embedded broker cannot listen on 127.0.0.1:{Port}: {inUse.Message}. Set mqtt.port to a free one.",
                inUse
            );
        }

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
            .WithDefaultEndpoint()
            .WithDefaultEndpointPort(Port)
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithPersistentSessions()
            .WithMaxPendingMessagesPerClient(settings.Mqtt.EmbeddedPendingLimit)
            // Of the two this is the one with a bound: a dropped oldest message stays in MQTTnet's list of unacknowledged ones.
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropNewMessage)
            .Build();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
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
