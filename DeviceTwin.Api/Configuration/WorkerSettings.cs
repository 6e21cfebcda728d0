namespace DeviceTwin.Api.Configuration;

/// <summary>How the background workers treat an item that they cannot handle. See <c>docs/limits.md</c>.</summary>
public sealed class WorkerSettings
{
    /// <summary>How often an item that fails is tried before it is set aside.</summary>
    [Setting(
        "worker.item.attempts",
        "How often a message, device, action, layer or job that fails by its own fault is tried before it is set aside.",
        Minimum = 1,
        Maximum = 100
    )]
    public int Attempts { get; set; } = 5;

    /// <summary>The pause before the second try.</summary>
    [Setting(
        "worker.item.backoff",
        "How long until an item that failed is tried again; doubles with each further try.",
        Minimum = 0.001,
        Maximum = 3600
    )]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two tries.</summary>
    [Setting(
        "worker.item.backoff.limit",
        "The longest pause between two tries of an item.",
        Minimum = 0.001,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan BackoffLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many messages of a device may wait behind one that failed.</summary>
    [Setting(
        "worker.device.pending",
        "How many messages of a device may wait behind one that failed; with one more, the failed message is set aside at once.",
        Minimum = 1,
        Maximum = 10_000
    )]
    public int DevicePending { get; set; } = 50;

    /// <summary>How many set-aside messages of a device are kept.</summary>
    [Setting(
        "worker.set.aside.limit",
        "How many set-aside messages of a device are kept; the oldest are dropped.",
        Minimum = 1,
        Maximum = 100_000
    )]
    public int SetAsideLimit { get; set; } = 100;

    /// <summary>How long set-aside items are kept.</summary>
    [Setting("worker.set.aside.retention", "How long set-aside items are kept.", Minimum = 60)]
    public TimeSpan SetAsideRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often a device with set-aside items is logged at most.</summary>
    [Setting(
        "worker.set.aside.log",
        "How often a warning about set-aside items of one device is logged at most.",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan SetAsideLog { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a worker that has work may make no progress before the service is not ready.</summary>
    [Setting(
        "worker.stalled.after",
        "A worker that has work and finishes none for this long is logged, and the service is not ready.",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long until an item is tried again.</summary>
    /// <param name="tries">How often it has failed: 1 or more.</param>
    public TimeSpan PauseAfter(int tries)
    {
        var pause = Backoff * Math.Pow(2, Math.Min(tries - 1, 30));
        return pause < BackoffLimit ? pause : BackoffLimit;
    }
}
