using System.Net;

namespace DeviceTwin.Api.Configuration;

/// <summary>Everything that can be configured, with its defaults. See <see cref="SettingAttribute"/>.</summary>
public sealed class Settings
{
    /// <summary>The HTTP side.</summary>
    public ServiceSettings Service { get; } = new();

    /// <summary>Who authenticates callers.</summary>
    public AuthenticationSettings Authentication { get; } = new();

    /// <summary>Who may come through the HTTP door, how often, and how.</summary>
    public HttpSettings Http { get; } = new();

    /// <summary>Where twins are stored.</summary>
    public DatabaseSettings Database { get; } = new();

    /// <summary>The devices' door.</summary>
    public MqttSettings Mqtt { get; } = new();

    /// <summary>Presence of devices.</summary>
    public DeviceSettings Device { get; } = new();

    /// <summary>Actions relayed to devices.</summary>
    public ActionSettings Action { get; } = new();

    /// <summary>Desired state.</summary>
    public DesiredSettings Desired { get; } = new();

    /// <summary>Jobs: one action for many devices.</summary>
    public JobSettings Job { get; } = new();

    /// <summary>The change log.</summary>
    public ChangeSettings Change { get; } = new();

    /// <summary>Workers, and the items that they cannot handle.</summary>
    public WorkerSettings Worker { get; } = new();

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
        "Address to listen on, or `localhost`. Any other than loopback needs a `service.auth.provider`, or `service.insecure: true`."
    )]
    public string Bind { get; set; } = "127.0.0.1";

    /// <summary><see cref="Bind"/> as an address; <c>localhost</c> is 127.0.0.1, so that port 0 works for it too.</summary>
    public IPAddress Address => BindAddress.Parse(Bind);

    /// <summary>Allows no authentication beyond loopback.</summary>
    [Setting("service.insecure", "Allow no authentication beyond loopback (a private network, a test).")]
    public bool Insecure { get; set; }

    /// <summary>Folder of the MQTT certificates.</summary>
    [Setting("service.certificates.path", "Folder of the MQTT certificates.")]
    public string CertificatesPath { get; set; } = "/srv/certs";
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

/// <summary>Presence of devices.</summary>
public sealed class DeviceSettings
{
    /// <summary>How long without a message until a device is offline.</summary>
    [Setting("device.offline.after", "A device without a message for this long is offline.", Minimum = 1)]
    public TimeSpan OfflineAfter { get; set; } = TimeSpan.FromSeconds(150);
}

/// <summary>Actions relayed to devices.</summary>
public sealed class ActionSettings
{
    /// <summary>How long a sent action waits for its answer.</summary>
    [Setting("action.timeout", "A sent action without a response for this long is TIMED_OUT.", Minimum = 1)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a queued action waits for its device.</summary>
    [Setting("action.queue.ttl", "A queued action for a device that stays away this long is TIMED_OUT.", Minimum = 1)]
    public TimeSpan QueueTimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long after the last response that changes snaps the snap list is requested.</summary>
    [Setting(
        "action.list.delay",
        "How long after the last response that changes snaps the snap list is requested.",
        Minimum = 0,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan ListDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often at most an unanswered request of the service's own is repeated.</summary>
    [Setting(
        "action.repeat.after",
        "How long until the service repeats a query of its own that has no response (device, list, server).",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long until an action is tried again whose device was not subscribed.</summary>
    [Setting(
        "action.subscriber.pause",
        "How long until an action is published again when the broker says that its device is not subscribed.",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan SubscriberPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long ended actions are kept.</summary>
    [Setting("action.retention", "How long ended actions, and jobs, are kept.", Minimum = 60)]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}

/// <summary>Jobs: one action for many devices.</summary>
public sealed class JobSettings
{
    /// <summary>Maximum devices of a job with an open action.</summary>
    [Setting("job.concurrency.limit", "Maximum devices of a job with an open action.", Minimum = 1, Maximum = 10_000)]
    public int ConcurrencyLimit { get; set; } = 1_000;

    /// <summary>Maximum devices of a job.</summary>
    [Setting("job.devices.limit", "Maximum devices of a job.", Minimum = 1, Maximum = 1_000_000)]
    public int DevicesLimit { get; set; } = 100_000;
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

/// <summary>Logging.</summary>
public sealed class LogSettings
{
    /// <summary>The least severe level that is logged.</summary>
    [Setting("log.level", "`trace`, `debug`, `information`, `warning`, `error`, `critical` or `none`.")]
    public LogLevel Level { get; set; } = LogLevel.Information;
}
