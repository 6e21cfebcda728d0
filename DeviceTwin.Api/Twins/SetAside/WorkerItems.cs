using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>
/// Isolates the items of one worker: an item that fails is tried again after growing pauses, apart from all others, and is set aside after
/// <see cref="WorkerSettings.Attempts"/> tries. Safe from any thread.
/// </summary>
public sealed partial class WorkerItems
{
    /// <summary>So many failing items are remembered; a further one is set aside at its first failure.</summary>
    private const int Capacity = 10_000;

    /// <summary>How often the keys of set-aside items are read while there are any; while there are none, a sixtieth of that.</summary>
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(1);

    /// <summary>An item that could have been tried again for so long, and was not, is not there any more.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    /// <summary>How often a failure is logged with its stack.</summary>
    private static readonly TimeSpan LogAgain = TimeSpan.FromMinutes(1);

    private readonly ISetAsideItems setAside;
    private readonly WorkerSettings settings;
    private readonly WorkerProgress progress;
    private readonly FaultPoints faults;
    private readonly TimeProvider clock;
    private readonly ILogger<WorkerItems> logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Failures> failing = new(StringComparer.Ordinal);
    private string[] keys = [];
    private DateTimeOffset readAt = DateTimeOffset.MinValue;
    private DateTimeOffset loggedAt = DateTimeOffset.MinValue;

    /// <summary>Made by <see cref="Workers"/>, one for each worker.</summary>
    internal WorkerItems(
        string worker,
        ISetAsideItems setAside,
        WorkerSettings settings,
        WorkerProgress progress,
        FaultPoints faults,
        TimeProvider clock,
        ILogger<WorkerItems> logger
    )
    {
        Worker = worker;
        this.setAside = setAside;
        this.settings = settings;
        this.progress = progress;
        this.faults = faults;
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>The worker's name.</summary>
    public string Worker { get; }

    /// <summary>The worker begins to handle an item: see <see cref="FaultPoints"/>.</summary>
    /// <param name="item">The device where there is one, else the item's key or name.</param>
    public void Reach(string item) => faults.Reach(Worker, item);

    /// <summary>What the next round leaves out: items whose pause has not ended, and those that are set aside.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ExcludedItems> ExcludedAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - readAt >= (keys.Length > 0 ? ReadAgain : ReadAgain * 60))
        {
            keys = await setAside.KeysAsync(Worker, cancellationToken);
            readAt = now;
        }

        lock (gate)
        {
            if (failing.Count == 0)
            {
                return keys.Length == 0 ? ExcludedItems.None : new ExcludedItems(keys.ToHashSet(), []);
            }

            foreach (var (key, _) in failing.Where(item => item.Value.NextAt < now - Forgotten).ToList())
            {
                failing.Remove(key);
            }

            return new ExcludedItems(
                keys.ToHashSet(),
                failing.Where(item => item.Value.NextAt > now).Select(item => item.Key).ToHashSet()
            );
        }
    }

    /// <summary>Whether an item's last try failed.</summary>
    /// <param name="key">The item.</param>
    public bool IsFailing(string key)
    {
        lock (gate)
        {
            return failing.ContainsKey(key);
        }
    }

    /// <summary>
    /// Handles items together, and apart when one fails: halves find it, and the others are handled without it. Throws only when the store is away
    /// (<see cref="StoreFault.IsUnavailable"/>) or when it is cancelled.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="describe">Names an item.</param>
    /// <param name="handle">Handles items in one transaction: all of them, or none.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <param name="giveUp">Done before an item is set aside, perhaps more than once: says where people look for it why it is not handled.</param>
    public Task HandleAsync<T>(
        IReadOnlyList<T> items,
        Func<T, FailedItem> describe,
        Func<IReadOnlyList<T>, CancellationToken, Task> handle,
        CancellationToken cancellationToken,
        Func<T, Exception, CancellationToken, Task>? giveUp = null
    ) =>
        Halves.HandleAsync(
            items,
            async (part, token) =>
            {
                await handle(part, token);
                Succeed(part.Select(item => describe(item).Key));
            },
            async (item, fault, token) =>
            {
                if (IsLastTry(describe(item).Key) && giveUp is not null)
                {
                    await giveUp(item, fault, token);
                }

                await FailAsync(describe(item), fault, token);
            },
            cancellationToken
        );

    /// <summary>A try of an item failed: it waits for its next, or is set aside.</summary>
    /// <param name="item">The item.</param>
    /// <param name="fault">Why.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task FailAsync(FailedItem item, Exception fault, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        var now = clock.GetUtcNow();
        var isLast = IsLastTry(item.Key);
        Failures failures;
        lock (gate)
        {
            failures = failing.GetValueOrDefault(item.Key) ?? new Failures(now.UtcDateTime);
            failures.Tries++;
            failures.NextAt = now + settings.PauseAfter(failures.Tries);
            failing[item.Key] = failures;
        }

        if (now - loggedAt >= LogAgain)
        {
            loggedAt = now;
            LogFailed(Worker, item.DeviceId ?? item.Key, failures.Tries, fault);
        }

        if (isLast)
        {
            await setAside.AddAsync(Worker, item, fault, failures.Tries, failures.FirstAt, cancellationToken);
            readAt = DateTimeOffset.MinValue;
            Forget([item.Key]);
        }

        progress.Progressed(Worker);
    }

    /// <summary>Items were handled.</summary>
    /// <param name="handled">Their keys.</param>
    public void Succeed(IEnumerable<string> handled)
    {
        Forget(handled);
        progress.Progressed(Worker);
    }

    private bool IsLastTry(string key)
    {
        lock (gate)
        {
            return failing.TryGetValue(key, out var failures)
                ? failures.Tries + 1 >= settings.Attempts
                : settings.Attempts == 1 || failing.Count >= Capacity;
        }
    }

    private void Forget(IEnumerable<string> handled)
    {
        lock (gate)
        {
            if (failing.Count > 0)
            {
                foreach (var key in handled)
                {
                    failing.Remove(key);
                }
            }
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The worker {Worker} could not handle {Item} (try {Tries}). It is tried again apart from all others, and set aside in the end. Further failures of this worker are not logged for a minute."
    )]
    private partial void LogFailed(string worker, string item, int tries, Exception fault);

    private sealed class Failures(DateTime firstAt)
    {
        public DateTime FirstAt { get; } = firstAt;
        public int Tries { get; set; }
        public DateTimeOffset NextAt { get; set; }
    }
}
