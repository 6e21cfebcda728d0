using DeviceTwin.Api.Configuration;
using MQTTnet;
using MQTTnet.Formatter;

namespace DeviceTwin.Api.Mqtt;

/// <summary>How the broker is connected to: MQTT 5 with a session that outlives us, over TLS where the broker is another host.</summary>
internal sealed class BrokerOptions
{
    // MQTT's own "for ever".
    private const uint NoExpiry = uint.MaxValue;

    private readonly Settings settings;
    private readonly EmbeddedBroker embedded;
    private readonly EmbeddedAdmission admission;
    private readonly BrokerSockets sockets;
    private readonly BrokerTrust? trust;
    private readonly BrokerCertificates? certificates;

    /// <summary>Reads the certificates where TLS is on.</summary>
    /// <exception cref="SetupException">A certificate file cannot be used.</exception>
    public BrokerOptions(Settings settings, EmbeddedBroker embedded, EmbeddedAdmission admission, TimeProvider clock)
    {
        this.settings = settings;
        this.embedded = embedded;
        this.admission = admission;
        sockets = new BrokerSockets(clock);
        if (!embedded.IsWanted && settings.Mqtt.Tls != false)
        {
            certificates = BrokerCertificates.LoadForClient(settings, clock.GetUtcNow().UtcDateTime);
            trust = new BrokerTrust(certificates, settings.Mqtt.Url, settings.Mqtt.VerifyHostname);
        }
    }

    /// <summary>The broker, as logs name it.</summary>
    public string Name => embedded.IsWanted ? $"the embedded broker on port {Port}" : $"{settings.Mqtt.Url}:{Port}";

    /// <summary>Whether the broker's certificate is accepted whichever host it names.</summary>
    public bool AcceptsAnyHost => trust is not null && !settings.Mqtt.VerifyHostname;

    private int Port => embedded.IsWanted ? embedded.Port : settings.Mqtt.Port ?? (trust is null ? 1883 : 8883);

    /// <summary>Says in one line why an attempt failed before the broker had answered.</summary>
    /// <param name="fault">What was thrown.</param>
    public string Explain(Exception fault)
    {
        var reason = trust?.Fault ?? BrokerFault.Describe(fault);

        // In TLS 1.3 a broker that refuses our certificate ends the connection only after we have taken the handshake for done.
        return trust is { HasTrusted: true } && !BrokerFault.IsTimeOut(fault)
            ? $"{reason}: the broker ended the connection; it may not accept the certificate in {settings.Mqtt.ClientCertificateFile} (mqtt.client.certificate.filename)"
            : reason;
    }

    /// <summary>The options of the next attempt.</summary>
    public MqttClientOptions Create()
    {
        trust?.Forget();
        var mqtt = settings.Mqtt;
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(mqtt.ClientId)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)Math.Min(mqtt.SessionExpiry.TotalSeconds, NoExpiry))
            .WithReceiveMaximum((ushort)mqtt.ReceiveMaximum)
            .WithMaximumPacketSize((uint)mqtt.PacketLimit)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(TimeSpan.FromSeconds(10));
        if (embedded.IsWanted)
        {
            options.WithEndPoint(embedded.ServiceEndpoint).WithCredentials(mqtt.ClientId, admission.Secret);
        }
        else
        {
            options.WithTcpServer(mqtt.Url, Port);
        }

        if (trust is not null)
        {
            options.WithTlsOptions(tls =>
                tls.UseTls()
                    .WithTargetHost(mqtt.Url)
                    .WithClientCertificates([certificates!.Own])
                    .WithCertificateValidationHandler(trust.IsTrusted)
            );
        }

        var built = options.Build();
        ((MqttClientTcpOptions)built.ChannelOptions).StreamProvider = sockets;
        return built;
    }
}
