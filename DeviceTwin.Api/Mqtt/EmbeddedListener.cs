using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Where clients of the embedded broker come in. MQTTnet's own listener has no bounds: it waits for a TLS handshake for ever, takes
/// any number of connections, and believes any packet's length; a stranger with a few thousand silent connections would leave the
/// process without file descriptors.
/// </summary>
/// <param name="endpoint">Where it listens.</param>
/// <param name="tls">How clients prove who they are; null for no TLS, where every client is believed, and none is a newcomer.</param>
/// <param name="settings">Hold the bounds.</param>
/// <param name="rejections">Is told of who is turned away.</param>
/// <param name="clock">Says when a newcomer's time is over.</param>
/// <param name="logger">Takes what is our fault, or the machine's.</param>
internal sealed partial class EmbeddedListener(
    IPEndPoint endpoint,
    SslServerAuthenticationOptions? tls,
    Settings settings,
    RejectionLog rejections,
    TimeProvider clock,
    ILogger logger
) : IMqttServerAdapter
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly TcpListener listener = new(endpoint);
    private readonly CancellationTokenSource stopping = new();
    private readonly Places newcomers = new(settings.Mqtt.EmbeddedNewcomers);
    private Task accepting = Task.CompletedTask;

    /// <summary>Where it listens, once it is open.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndpoint;

    /// <inheritdoc/>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Takes the port; nobody is let in yet.</summary>
    /// <exception cref="SocketException">The port is in use.</exception>
    public void Open()
    {
        if (endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            listener.Server.DualMode = true;
        }

        listener.Start();
    }

    /// <inheritdoc/>
    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        accepting = AcceptAsync(options, logger);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Stop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync(MqttServerOptions options, IMqttNetLogger log)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptSocketAsync(stopping.Token), options, log);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException fault)
            {
                LogNotTaken(fault.Message);
                await Task.Delay(PauseAfterFault, clock, stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket, MqttServerOptions options, IMqttNetLogger log)
    {
        using var owned = socket;
        await using var stop = stopping.Token.Register(socket.Dispose);
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket);
            var from = (IPEndPoint)socket.RemoteEndPoint!;
            await (
                tls is null
                    ? HandleAsync(stream, from, certificate: null, begun: () => { })
                    : AuthenticateAsync(stream, from)
            );
        }
        catch (Exception gone)
            when (gone
                    is AuthenticationException
                        or IOException
                        or SocketException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or MqttCommunicationException
            )
        {
            // The client has gone, or was turned away, which was told.
        }
#pragma warning disable CA1031 // Nobody waits for this task: what is not told here would be lost.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault);
        }

        async Task AuthenticateAsync(Stream stream, IPEndPoint from)
        {
            using var place = newcomers.TryTake(CallSource.AddressOf(from.Address));
            if (place is null)
            {
                rejections.Reject(
                    $"{from}",
                    $"its address has {newcomers.Limit} connections that have not shown who they are (mqtt.embedded.newcomers)"
                );
                return;
            }

            using var patience = new CancellationTokenSource(settings.Http.HeaderTimeout, clock);
            await using var end = patience.Token.Register(() =>
            {
                rejections.Reject($"{from}", "it has not shown who it is in time (service.header.timeout)");
                socket.Dispose();
            });
            await using var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(tls, patience.Token);
            await HandleAsync(
                secure,
                from,
                secure.RemoteCertificate as X509Certificate2,
                begun: () =>
                {
                    patience.CancelAfter(Timeout.InfiniteTimeSpan);
                    place.Dispose();
                }
            );
        }

        async Task HandleAsync(Stream stream, IPEndPoint from, X509Certificate2? certificate, Action begun)
        {
            using var channel = new MqttTcpChannel(stream, socket.LocalEndPoint, from, certificate);
            using var bounded = new BoundedChannel(channel, settings.Mqtt.PacketLimit, begun);
            var writer = new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax);
            using var adapter = new MqttChannelAdapter(bounded, new MqttPacketFormatterAdapter(writer), log);
            // MQTTnet takes it away when it stops.
            await (ClientHandler?.Invoke(adapter) ?? Task.CompletedTask);
        }
    }

    [LoggerMessage(LogLevel.Error, "The embedded broker cannot take a connection: {Reason}")]
    private partial void LogNotTaken(string reason);

    [LoggerMessage(LogLevel.Error, "The embedded broker has failed a client")]
    private partial void LogFault(Exception fault);
}
