using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace DeviceTwin.Simulator;

/// <summary>
/// How a fleet's connections reach their broker. Only some connect at the same time: thousands that start, or that come back
/// after the broker was away, do not drown it.
/// </summary>
internal sealed class BrokerAccess(SimulatorOptions options) : IDisposable
{
    private const int ConnectingAtOnce = 32;

    private readonly SemaphoreSlim connecting = new(ConnectingAtOnce);
    private readonly X509Certificate2Collection? authority = options.Tls?.LoadAuthority();

    /// <summary>Where the broker is, for messages to people.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{options.Broker}:{options.Port}");

    /// <summary>Connects as the agents do: MQTT 3.1.1, clean session.</summary>
    /// <exception cref="MqttCommunicationException">The broker was not reached or refused.</exception>
    public async Task ConnectAsync(IMqttClient client, string clientId, CancellationToken cancellationToken)
    {
        await connecting.WaitAsync(cancellationToken);
        try
        {
            using var certificate = options.Tls?.LoadClient(clientId);
            var builder = new MqttClientOptionsBuilder()
                .WithClientId(clientId)
                .WithProtocolVersion(MqttProtocolVersion.V311)
                .WithCleanSession()
                .WithKeepAlivePeriod(TimeSpan.FromSeconds(30))
                .WithTimeout(TimeSpan.FromSeconds(10))
                .WithTcpServer(options.Broker, options.Port);
            if (options.Tls is not null)
            {
                builder.WithTlsOptions(tls =>
                {
                    tls.UseTls().WithTargetHost(options.Broker);
                    if (authority is not null)
                        tls.WithTrustChain(authority);
                    if (certificate is not null)
                        tls.WithClientCertificates([certificate]);
                });
            }

            var result = await client.ConnectAsync(builder.Build(), cancellationToken);
            if (result.ResultCode != MqttClientConnectResultCode.Success)
                throw new MqttCommunicationException($"refused with {result.ResultCode}");
        }
        finally
        {
            connecting.Release();
        }
    }

    /// <summary>Whether an error is the connection's (try again) rather than a fault of this program.</summary>
    public static bool IsConnectionError(Exception error) =>
        error
            is MqttCommunicationException
                or MqttProtocolViolationException
                or OperationCanceledException
                or ObjectDisposedException
                or SocketException
                or IOException
                or AuthenticationException
                or SimulatorOptionsException;

    /// <summary>One line that says why the broker was not reached: the innermost error knows.</summary>
    public string Explain(Exception error)
    {
        var reason = error.GetBaseException();
        var text = reason is OperationCanceledException ? "no answer in time" : reason.Message.ReplaceLineEndings(" ");
        return $"broker {Name} is not reached: {text}";
    }

    public void Dispose() => connecting.Dispose();
}
