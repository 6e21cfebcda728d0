using System.Diagnostics.Metrics;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>
/// Tells that items were set aside: one warning a device and <see cref="WorkerSettings.SetAsideLog"/>, counters, and metrics of the meter
/// <see cref="MeterName"/>. Safe from any thread.
/// </summary>
public sealed partial class SetAsideReport : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "DeviceTwin";

    /// <summary>So many devices are remembered; with one more all are forgotten, and each is logged once more.</summary>
    private const int Capacity = 10_000;

    private readonly ServiceCounters counters;
    private readonly WorkerSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<SetAsideReport> logger;
    private readonly LineLimit lines;
    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> setAside;
    private readonly Counter<long> dropped;
    private readonly Gauge<long> kept;
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> silentUntil = new(StringComparer.Ordinal);

    /// <summary>Makes the instruments.</summary>
    /// <param name="counters">Counts items.</param>
    /// <param name="settings">How often a device is logged.</param>
    /// <param name="clock">Gives the instants.</param>
    /// <param name="logger">Takes the warnings.</param>
    public SetAsideReport(
        ServiceCounters counters,
        Settings settings,
        TimeProvider clock,
        ILogger<SetAsideReport> logger
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.counters = counters;
        this.settings = settings.Worker;
        this.clock = clock;
        this.logger = logger;
        lines = new LineLimit(clock, LogLeftOut);
        setAside = meter.CreateCounter<long>(
            "devicetwin.items.set_aside",
            "{item}",
            "Items that a worker could not handle and set aside."
        );
        dropped = meter.CreateCounter<long>(
            "devicetwin.items.set_aside.dropped",
            "{item}",
            "Set-aside messages that were dropped because their device had too many."
        );
        kept = meter.CreateGauge<long>("devicetwin.items.set_aside.kept", "{item}", "Set-aside items that are kept.");
    }

    /// <summary>An item was set aside.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="item">The item.</param>
    /// <param name="reason">Why, in one line.</param>
    public void Added(string worker, FailedItem item, string reason)
    {
        ArgumentNullException.ThrowIfNull(item);
        counters.CountSetAside();
        setAside.Add(1, new KeyValuePair<string, object?>("worker", worker));
        var subject = item.DeviceId ?? item.Key;
        if (IsDue(subject) && lines.TryTake())
        {
            LogSetAside(worker, VisibleText.Of(subject), VisibleText.Of(reason));
        }
    }

    /// <summary>Messages were dropped because their device had too many set aside.</summary>
    /// <param name="count">How many.</param>
    public void Dropped(int count)
    {
        if (count > 0)
        {
            counters.CountSetAsideDropped(count);
            dropped.Add(count);
        }
    }

    /// <summary>So many items are kept, in all organizations.</summary>
    /// <param name="count">How many.</param>
    public void Kept(long count) => kept.Record(count);

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private bool IsDue(string subject)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (silentUntil.TryGetValue(subject, out var until) && now < until)
            {
                return false;
            }

            if (silentUntil.Count >= Capacity)
            {
                silentUntil.Clear();
            }

            silentUntil[subject] = now + settings.SetAsideLog;
            return true;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The worker {Worker} could not handle an item of {Subject} and set it aside: {Reason} See the query setAsideItems."
    )]
    private partial void LogSetAside(string worker, string subject, string reason);

    [LoggerMessage(LogLevel.Warning, "Items of {Count} more devices were set aside within a second.")]
    private partial void LogLeftOut(int count);
}
