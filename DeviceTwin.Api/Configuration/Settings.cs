using System.Net;

namespace DeviceTwin.Api.Configuration;

/// <summary>Everything that can be configured, with its defaults. See <see cref="SettingAttribute"/>.</summary>
public sealed class Settings
{
    /// <summary>The HTTP side.</summary>
    public ServiceSettings Service { get; } = new();

    /// <summary>Where twins are stored.</summary>
    public DatabaseSettings Database { get; } = new();

    /// <summary>The devices' door.</summary>
    public MqttSettings Mqtt { get; } = new();

    /// <summary>Presence of devices.</summary>
    public DeviceSettings Device { get; } = new();

    /// <summary>Actions relayed to devices.</summary>
    public ActionSettings Action { get; } = new();

    /// <summary>The change log.</summary>
    public ChangeSettings Change { get; } = new();

    /// <summary>Limits of the GraphQL door.</summary>
    public GraphQLSettings GraphQL { get; } = new();

    /// <summary>Logging.</summary>
    public LogSettings Log { get; } = new();
}

/// <summary>The HTTP side.</summary>
public sealed class ServiceSettings
{
    /// <summary>HTTP port; 0 lets the system choose one (tests).</summary>
    [Setting("service.port", "HTTP port: GraphQL and health.", Minimum = 0, Maximum = 65535)]
    public int Port { get; set; } = 8040;

    /// <summary>Address to listen on.</summary>
    [Setting(
        "service.bind",
        "Address to listen on, or `localhost`. Any other than loopback needs `service.insecure: true`."
    )]
    public string Bind { get; set; } = "127.0.0.1";

    /// <summary><see cref="Bind"/> as an address; <c>localhost</c> is 127.0.0.1, so that port 0 works for it too.</summary>
    public IPAddress Address => BindsLocalhost ? IPAddress.Loopback : IPAddress.Parse(Bind);

    internal bool BindsLocalhost => Bind.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Allows no authentication beyond loopback.</summary>
    [Setting("service.insecure", "Allow no authentication beyond loopback (a private network, a test).")]
    public bool Insecure { get; set; }

    /// <summary>Who authenticates callers.</summary>
    [Setting("service.auth.provider", "Who authenticates callers. `disabled` is the only provider yet.")]
    public AuthenticationProvider AuthenticationProvider { get; set; } = AuthenticationProvider.Disabled;

    /// <summary>Folder of the MQTT certificates.</summary>
    [Setting("service.certificates.path", "Folder of the MQTT certificates.")]
    public string CertificatesPath { get; set; } = "/srv/certs";
}

/// <summary>Who authenticates callers.</summary>
public enum AuthenticationProvider
{
    /// <summary>Nobody: every caller may do everything; loopback only.</summary>
    Disabled,
}

/// <summary>Where twins are stored.</summary>
public sealed class DatabaseSettings
{
    /// <summary>The value of <see cref="Source"/> where none is given.</summary>
    public const string DefaultSource = "Data Source=devicetwin.db";

    /// <summary>The kind of database.</summary>
    [Setting("database.driver", "`sqlite`, `memory` (SQLite in memory, gone at exit) or `postgres`.")]
    public DatabaseDriver Driver { get; set; } = DatabaseDriver.Sqlite;

    /// <summary>
    /// Connection string. Its default is a file in the working directory for <see cref="DatabaseDriver.Sqlite"/>;
    /// <see cref="DatabaseDriver.Memory"/> does not read it; for <see cref="DatabaseDriver.Postgres"/> it has to be given.
    /// </summary>
    [Setting(
        "database.source",
        "Connection string. `postgres` needs one: Npgsql's form, libpq's (`dbname=… host=… user=…`) and URIs are read. `memory` has none.",
        Secret = true
    )]
    public string Source { get; set; } = DefaultSource;

    /// <summary>How long to wait for the database at the start.</summary>
    [Setting(
        "database.wait",
        "How long to wait for the database at start before giving up.",
        Minimum = 0,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan Wait { get; set; } = TimeSpan.Zero;
}

/// <summary>The kind of database.</summary>
public enum DatabaseDriver
{
    /// <summary>An SQLite file.</summary>
    Sqlite,

    /// <summary>SQLite in memory, gone at exit.</summary>
    Memory,

    /// <summary>A PostgreSQL server.</summary>
    Postgres,
}

/// <summary>The devices' door.</summary>
public sealed class MqttSettings
{
    /// <summary>The value of <see cref="Url"/> that asks for a broker inside this process.</summary>
    public const string Embedded = "embedded";

    /// <summary>The broker's host, or <see cref="Embedded"/>.</summary>
    [Setting("mqtt.url", "`embedded` (a broker inside this process) or the broker's host.")]
    public string Url { get; set; } = Embedded;

    /// <summary>Whether the broker runs inside this process.</summary>
    public bool IsEmbedded => Url.Equals(Embedded, StringComparison.OrdinalIgnoreCase);

    /// <summary>Broker port; null for the default of the kind of broker.</summary>
    [Setting("mqtt.port", "Broker port.", Default = "`1883` embedded, else `8883`", Minimum = 0, Maximum = 65535)]
    public int? Port { get; set; }

    /// <summary>The port that is used: <see cref="Port"/>, else 1883 for the embedded broker and 8883 for another.</summary>
    public int EffectivePort => Port ?? (IsEmbedded ? 1883 : 8883);

    /// <summary>TLS with client certificate; null for the default of the kind of broker.</summary>
    [Setting("mqtt.tls", "TLS with client certificate.", Default = "`true` for an external broker")]
    public bool? Tls { get; set; }

    /// <summary>Whether TLS is used: <see cref="Tls"/>, else for every broker but the embedded one.</summary>
    public bool EffectiveTls => Tls ?? !IsEmbedded;

    /// <summary>Whether the broker's certificate must name the host.</summary>
    [Setting(
        "mqtt.tls.verify.hostname",
        "Whether the broker's certificate must name the host that is connected to; turning it off is logged as a warning."
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
        "How long the broker keeps our session, and what it queued, while we are away.",
        Minimum = 0
    )]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Topic filter of heartbeats.</summary>
    [Setting("mqtt.topic.health", "Topic filter of heartbeats; `+` stands where the device id is.")]
    public string HealthTopic { get; set; } = "devices/health/+";

    /// <summary>Topic filter of answers.</summary>
    [Setting("mqtt.topic.pub", "Topic filter of answers to actions; `+` stands where the device id is.")]
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

    /// <summary>How many received messages may wait inside the service.</summary>
    [Setting(
        "mqtt.intake.capacity",
        "How many received messages may wait inside the service; then the broker has to.",
        Minimum = 16
    )]
    public int IntakeCapacity { get; set; } = 10_000;

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
        "How many unacknowledged messages we ask the broker to allow.",
        Minimum = 1,
        Maximum = 65535
    )]
    public int ReceiveMaximum { get; set; } = 65_535;

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
}

/// <summary>Presence of devices.</summary>
public sealed class DeviceSettings
{
    /// <summary>How long without a message until a device is offline.</summary>
    [Setting("device.offline.after", "No message for this long: offline.", Minimum = 1)]
    public TimeSpan OfflineAfter { get; set; } = TimeSpan.FromSeconds(150);
}

/// <summary>Actions relayed to devices.</summary>
public sealed class ActionSettings
{
    /// <summary>How long a sent action waits for its answer.</summary>
    [Setting("action.timeout", "A sent action without an answer for this long: TIMED_OUT.", Minimum = 1)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a queued action waits for its device.</summary>
    [Setting("action.queue.ttl", "A queued action for a device that stays away this long: TIMED_OUT.", Minimum = 1)]
    public TimeSpan QueueTimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long after the last snap-changing answer the snap list is asked for.</summary>
    [Setting(
        "action.list.delay",
        "How long after the last snap-changing answer the snap list is asked for.",
        Minimum = 0,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan ListDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often at most an unanswered request of the service's own is repeated.</summary>
    [Setting(
        "action.repeat.after",
        "How long until the service repeats an unanswered question of its own (device, list, server).",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long ended actions are kept.</summary>
    [Setting("action.retention", "How long ended actions are kept.", Minimum = 60)]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}

/// <summary>The change log.</summary>
public sealed class ChangeSettings
{
    /// <summary>How long changes are kept.</summary>
    [Setting(
        "change.retention",
        "How long the change log keeps a change: how far back `deviceChanged(after:)` can go.",
        Minimum = 60
    )]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often the log is read for changes that other processes made.</summary>
    [Setting(
        "change.poll",
        "How often the change log is read for what other processes wrote.",
        Minimum = 0.01,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>Limits of the GraphQL door.</summary>
public sealed class GraphQLSettings
{
    /// <summary>How deep a document may nest.</summary>
    [Setting("graphql.depth", "How deep an operation may nest.", Minimum = 1)]
    public int Depth { get; set; } = 15;

    /// <summary>How complex an operation may be; lists count by their page size.</summary>
    [Setting(
        "graphql.complexity",
        "How many fields an operation may touch, lists multiplied by their page size.",
        Minimum = 1
    )]
    public int Complexity { get; set; } = 50_000;

    /// <summary>How many nodes a document may hold, fragments expanded.</summary>
    [Setting("graphql.nodes", "How many nodes a document may hold, its fragments expanded.", Minimum = 1)]
    public int Nodes { get; set; } = 1_000;

    /// <summary>How long a document may be, in characters.</summary>
    [Setting("graphql.document.limit", "How long a document may be, in characters.", Minimum = 100)]
    public int DocumentLimit { get; set; } = 32 * 1024;

    /// <summary>How large a request may be, in bytes.</summary>
    [Setting("graphql.body.limit", "How large a request's body or WebSocket message may be, in bytes.", Minimum = 1024)]
    public int BodyLimit { get; set; } = 256 * 1024;

    /// <summary>How many errors an answer lists at most.</summary>
    [Setting("graphql.errors", "How many errors an answer lists at most.", Minimum = 1)]
    public int Errors { get; set; } = 20;

    /// <summary>How many requests one HTTP body may batch; 0 turns batches off.</summary>
    [Setting("graphql.batch", "How many requests one HTTP body may batch; 0: none.", Minimum = 0, Maximum = 1000)]
    public int Batch { get; set; }

    /// <summary>How long one query or mutation may take.</summary>
    [Setting(
        "graphql.timeout",
        "How long a query or mutation may take.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many operations one WebSocket may have open.</summary>
    [Setting("graphql.socket.operations", "How many operations one WebSocket may have open at once.", Minimum = 1)]
    public int SocketOperations { get; set; } = 100;

    /// <summary>How long a socket may wait with <c>connection_init</c>.</summary>
    [Setting(
        "graphql.socket.init",
        "How long a WebSocket may wait with connection_init (4408).",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan SocketInit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the service pings; an unanswered ping closes the socket.</summary>
    [Setting(
        "graphql.keepalive",
        "How often a WebSocket is pinged and an event stream sent a comment.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a reader may take none of the frames that wait for it.</summary>
    [Setting(
        "graphql.send.timeout",
        "How long a reader may leave a frame untaken before it is closed.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many frames may wait for one reader.</summary>
    [Setting("graphql.send.queue", "How many frames may wait for one reader.", Minimum = 1)]
    public int SendQueue { get; set; } = 64;

    /// <summary>Largest page.</summary>
    [Setting("graphql.page.limit", "Largest `first` or `last` of a list.", Minimum = 1)]
    public int PageLimit { get; set; } = 500;

    /// <summary>Page size where none is asked for.</summary>
    [Setting("graphql.page.default", "Page size of a list where none is asked for.", Minimum = 1)]
    public int PageDefault { get; set; } = 50;
}

/// <summary>Logging.</summary>
public sealed class LogSettings
{
    /// <summary>The least severe level that is logged.</summary>
    [Setting("log.level", "`trace`, `debug`, `information`, `warning`, `error`, `critical` or `none`.")]
    public LogLevel Level { get; set; } = LogLevel.Information;
}
