using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>A device's MQTT client with a certificate. It speaks MQTT 5 unless told otherwise, in which a broker says what it refuses.</summary>
internal static class TlsDevice
{
    /// <summary>Connects; throws where the broker ends the connection, and gives its answer where it refuses.</summary>
    /// <param name="port">The broker's port.</param>
    /// <param name="authority">Who issued the broker's certificate.</param>
    /// <param name="certificate">The device's certificate; null for none.</param>
    /// <param name="clientId">Its client id.</param>
    /// <param name="set">Changes the options.</param>
    public static async Task<(IMqttClient Client, MqttClientConnectResultCode Answer)> ConnectAsync(
        int port,
        string authority,
        X509Certificate2? certificate,
        string clientId,
        Action<MqttClientOptionsBuilder>? set = null
    )
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authority);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("localhost", port)
            .WithClientId(clientId)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTimeout(TimeSpan.FromSeconds(10))
            .WithTlsOptions(tls =>
                tls.UseTls()
                    .WithTargetHost("localhost")
                    .WithTrustChain(authorities)
                    .WithClientCertificates(certificate is null ? [] : [certificate])
            );
        set?.Invoke(options);
        var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            var answer = await client.ConnectAsync(options.Build());
            return (client, answer.ResultCode);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
