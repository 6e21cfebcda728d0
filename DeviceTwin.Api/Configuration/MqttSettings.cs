namespace DeviceTwin.Api.Configuration;

/// <summary>The devices' door.</summary>
public sealed class MqttSettings
{
    /// <summary>The value of <see cref="Url"/> that asks for a broker inside this process.</summary>
    public const string Embedded = "embedded";

    private const int LeastPacketLimit = 4 * 1024 * 1024;

    /// <summary>The broker's host, or <see cref="Embedded"/>.</summary>
    [Setting("mqtt.url", "`embedded` (a broker inside this process) or the broker's host.")]
    public string Url { get; set; } = Embedded;

    /// <summary>Whether the broker runs inside this process.</summary>
    public bool IsEmbedded => Url.Equals(Embedded, StringComparison.OrdinalIgnoreCase);

    /// <summary>Broker port; null for the default of the kind of broker.</summary>
    [Setting(
        "mqtt.port",
        "Broker port.",
        Default = "`1883` embedded without TLS, else `8883`",
        Minimum = 0,
        Maximum = 65535
    )]
    public int? Port { get; set; }

    /// <summary>The port that is used: <see cref="Port"/>, else 1883 for the embedded broker without TLS, and 8883.</summary>
    public int EffectivePort => Port ?? (IsEmbedded && !EmbeddedTls ? 1883 : 8883);

    /// <summary>TLS with client certificate; null for the default of the kind of broker.</summary>
    [Setting(
        "mqtt.tls",
        "TLS with client certificate, to an external broker.",
        Default = "`true` for an external broker"
    )]
    public bool? Tls { get; set; }

    /// <summary>Whether devices use TLS: <see cref="EmbeddedTls"/> or <see cref="Tls"/>, by the kind of broker.</summary>
    public bool EffectiveTls => IsEmbedded ? EmbeddedTls : Tls ?? true;

    /// <summary>Whether the broker's certificate must name the host.</summary>
    [Setting(
        "mqtt.tls.verify.hostname",
        "Whether the broker's certificate must name its host; turning it off is logged as a warning."
    )]
    public bool VerifyHostname { get; set; } = true;

    /// <summary>File of the certificate authority.</summary>
    [Setting("mqtt.root.ca.filename", "Certificate authority, a PEM file in `service.certificates.path`.")]
    public string RootCertificateFile { get; set; } = "ca.crt";

    /// <summary>File of the client certificate.</summary>
    [Setting("mqtt.client.certificate.filename", "Client certificate, a PEM file in `service.certificates.path`.")]
    public string ClientCertificateFile { get; set; } = "server.crt";

    /// <summary>File of the client certificate's key.</summary>
    [Setting("mqtt.client.key.filename", "Key of the client certificate, a PEM file in `service.certificates.path`.")]
    public string ClientKeyFile { get; set; } = "server.key";

    /// <summary>Client id prefix.</summary>
    [Setting("mqtt.client.id.prefix", "Client id prefix; each replica adds its own stable suffix.")]
    public string ClientIdPrefix { get; set; } = "devicetwin";

    /// <summary>Stable suffix of the client id; null for the host's name.</summary>
    [Setting(
        "mqtt.client.id.suffix",
        "Stable suffix of the client id, one for each replica.",
        Default = "the host's name"
    )]
    public string? ClientIdSuffix { get; set; }

    /// <summary>The client id: <see cref="ClientIdPrefix"/>, a dash, and <see cref="ClientIdSuffix"/> or the host's name.</summary>
    public string ClientId => $"{ClientIdPrefix}-{ClientIdSuffix ?? Environment.MachineName}";

    /// <summary>How long the broker keeps this service's session while it is away.</summary>
    [Setting(
        "mqtt.session.expiry",
        "How long the broker keeps the service's session and its queue while the service is away.",
        Minimum = 0
    )]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Topic filter of heartbeats.</summary>
    [Setting("mqtt.topic.health", "Topic filter of heartbeats; `+` stands where the device id is.")]
    public string HealthTopic { get; set; } = "devices/health/+";

    /// <summary>Topic filter of answers.</summary>
    [Setting("mqtt.topic.pub", "Topic filter of action responses; `+` stands where the device id is.")]
    public string AnswerTopic { get; set; } = "devices/pub/+";

    /// <summary>Name of the shared subscription, or null.</summary>
    [Setting("mqtt.shared.group", "When set, subscribe as `$share/<group>/…` so that replicas share the load.")]
    public string? SharedGroup { get; set; }

    /// <summary>Largest payload that is looked at, in bytes.</summary>
    [Setting(
        "mqtt.payload.limit",
        "Largest MQTT payload that is read, in bytes; larger ones are rejected.",
        Minimum = 1024
    )]
    public int PayloadLimit { get; set; } = 1024 * 1024;

    /// <summary>
    /// The longest packet that is read. What is a little too large is still read, so that it can be rejected with a reason; and the
    /// embedded broker takes what the service itself sends, however small the payloads of devices have to be.
    /// </summary>
    public int PacketLimit => (int)Math.Clamp(4L * PayloadLimit, LeastPacketLimit, int.MaxValue);

    /// <summary>How many received messages may wait inside the service.</summary>
    [Setting(
        "mqtt.intake.capacity",
        "Maximum received messages that wait inside the service; beyond it the broker has to keep them.",
        Minimum = 16
    )]
    public int IntakeCapacity { get; set; } = 10_000;

    /// <summary>How many bytes of received messages may wait in front of <see cref="IntakeCapacity"/>.</summary>
    [Setting(
        "mqtt.intake.bytes",
        "Maximum bytes of received messages that wait inside the service beyond `mqtt.intake.capacity`, so that the broker's responses behind a backlog are seen; beyond it the broker has to keep them.",
        Minimum = 1
    )]
    public int IntakeBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a connection to the broker may make no progress.</summary>
    [Setting(
        "mqtt.stall.limit",
        "A connection to the broker that makes no progress for this long is closed and opened again, with a line in the log.",
        Minimum = 1
    )]
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many heartbeats one statement stores at most.</summary>
    [Setting(
        "mqtt.heartbeat.batch",
        "How many heartbeats one statement stores at most.",
        Minimum = 1,
        Maximum = 100_000
    )]
    public int HeartbeatBatch { get; set; } = 2_000;

    /// <summary>How many unacknowledged messages the broker is asked to allow.</summary>
    [Setting(
        "mqtt.receive.maximum",
        "Maximum unacknowledged messages that the broker may send (MQTT 5 receive maximum).",
        Minimum = 1,
        Maximum = 65535
    )]
    public int ReceiveMaximum { get; set; } = 65_535;

    /// <summary>Whether the embedded broker speaks TLS and asks for client certificates.</summary>
    [Setting(
        "mqtt.embedded.tls",
        "TLS with client certificates for the embedded broker; each device may then use only its own topics."
    )]
    public bool EmbeddedTls { get; set; }

    /// <summary>Address that the embedded broker listens on.</summary>
    [Setting(
        "mqtt.embedded.bind",
        "Address that the embedded broker listens on, or `localhost`. Any other than loopback needs `mqtt.embedded.tls: true` or `service.insecure: true`."
    )]
    public string EmbeddedBind { get; set; } = "127.0.0.1";

    /// <summary>File of the embedded broker's certificate.</summary>
    [Setting(
        "mqtt.embedded.certificate.filename",
        "The embedded broker's certificate, a PEM file in `service.certificates.path`."
    )]
    public string EmbeddedCertificateFile { get; set; } = "broker.crt";

    /// <summary>File of the key of the embedded broker's certificate.</summary>
    [Setting("mqtt.embedded.key.filename", "Its key, a PEM file in `service.certificates.path`.")]
    public string EmbeddedKeyFile { get; set; } = "broker.key";

    /// <summary>File in which the embedded broker keeps retained messages; null for none.</summary>
    [Setting(
        "mqtt.embedded.retained.path",
        "File in which the embedded broker keeps retained messages over a restart.",
        Default = "none"
    )]
    public string? EmbeddedRetainedPath { get; set; }

    /// <summary>How many messages the embedded broker keeps for a client that is away or slow.</summary>
    [Setting(
        "mqtt.embedded.pending.limit",
        "How many messages the embedded broker keeps for a client that is away or slow.",
        Minimum = 100
    )]
    public int EmbeddedPendingLimit { get; set; } = 200_000;

    /// <summary>How many bytes of messages the embedded broker keeps for a device.</summary>
    [Setting(
        "mqtt.embedded.pending.bytes",
        "How many bytes of messages the embedded broker keeps for a device that is away or slow.",
        Minimum = 65536
    )]
    public int EmbeddedPendingBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How many bytes of messages the embedded broker keeps for all clients.</summary>
    [Setting(
        "mqtt.embedded.pending.total",
        "The same for all clients together: half for devices, half for the service.",
        Minimum = 65536
    )]
    public int EmbeddedPendingTotal { get; set; } = 256 * 1024 * 1024;

    /// <summary>How many connections of one address may be on their way into the embedded broker.</summary>
    [Setting(
        "mqtt.embedded.newcomers",
        "With `mqtt.embedded.tls`: how many connections of one address may not yet have shown a certificate and `CONNECT`; more are closed at once.",
        Minimum = 1
    )]
    public int EmbeddedNewcomers { get; set; } = 200;
}
