namespace DeviceTwin.Data;

/// <summary>
/// Looks up rows by key for many callers with few statements: while one is under way, what is asked for waits, and then goes together. Who asks alone waits for nobody.
/// A row is never older than the question.
/// </summary>
/// <param name="read">Reads what has these keys, each named once; keys that nothing has are left out.</param>
/// <param name="clock">The clock of <see cref="Patience"/>.</param>
/// <typeparam name="TKey">A key.</typeparam>
/// <typeparam name="TRow">What is found; those who ask for the same share it.</typeparam>
public sealed class JoinedLookups<TKey, TRow>(
    Func<IReadOnlyList<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TRow>>> read,
    TimeProvider clock
)
    where TKey : notnull
{
    /// <summary>For how long others wait for a statement that does not end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private Batch waiting = new();
    private bool isReading;

    /// <summary>Finds what has these keys; keys that nothing has are left out.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the wait; the statement is the others', too, and runs on.</param>
    public async Task<IReadOnlyList<TRow>> FindAsync(
        IReadOnlyCollection<TKey> keys,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0)
        {
            return [];
        }

        var mine = Enter(keys);
        var found = await mine.Rows.Task.WaitAsync(cancellationToken);
        var rows = new List<TRow>(keys.Count);
        foreach (var key in keys)
        {
            if (found.TryGetValue(key, out var row))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private Batch Enter(IReadOnlyCollection<TKey> keys)
    {
        lock (gate)
        {
            waiting.Keys.UnionWith(keys);
            if (!isReading)
            {
                isReading = true;
                // Once those are heard who ask at the same moment; and in nobody's context (trace, log scope), for the statement is not one caller's.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static lookups => _ = lookups.ReadAllAsync(),
                    this,
                    preferLocal: false
                );
            }

            return waiting;
        }
    }

    private async Task ReadAllAsync()
    {
        while (TakeNext() is { } batch)
        {
            await ReadAsync(batch).WaitAsync(Patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Batch? TakeNext()
    {
        lock (gate)
        {
            if (waiting.Keys.Count == 0)
            {
                isReading = false;
                return null;
            }

            var next = waiting;
            waiting = new Batch();
            return next;
        }
    }

    private async Task ReadAsync(Batch batch)
    {
        var reading = StartAsync(batch);
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        batch.Rows.SetFromTask(reading);
    }

    // What fails before there is anything to await fails for those who wait as well.
    private async Task<IReadOnlyDictionary<TKey, TRow>> StartAsync(Batch batch) =>
        await read([.. batch.Keys], CancellationToken.None);

    private sealed class Batch
    {
        public HashSet<TKey> Keys { get; } = [];

        public TaskCompletionSource<IReadOnlyDictionary<TKey, TRow>> Rows { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
