using System.Runtime.CompilerServices;

namespace DeviceTwin.Api.Events;

/// <summary>
/// Things of organizations that are read again as their organization changes. Those who listen to the same thing share what is
/// read; a slow one gets the newest. While nobody listens nothing is read, and while the store is away nothing comes.
/// </summary>
/// <typeparam name="TKey">Names a thing.</typeparam>
/// <typeparam name="TValue">What is told of it.</typeparam>
/// <param name="changes">Tells when something may have changed.</param>
/// <param name="pause">The least time between two readings of one thing.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears when the store is away.</param>
public abstract class SharedWatches<TKey, TValue>(
    ChangeFeed changes,
    TimeSpan pause,
    TimeProvider clock,
    ILogger logger
)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, SharedWatch<TValue>> watches = [];

    /// <summary>How many listen now.</summary>
    public int Listeners
    {
        get
        {
            lock (gate)
            {
                return watches.Values.Sum(watch => watch.Listeners);
            }
        }
    }

    /// <summary>The organization whose changes concern a thing.</summary>
    /// <param name="key">The thing.</param>
    protected abstract string OrganizationOf(TKey key);

    /// <summary>Reads a thing.</summary>
    /// <param name="key">The thing.</param>
    /// <param name="last">What was told last; null at first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    protected abstract Task<TValue> ReadAsync(TKey key, TValue? last, CancellationToken cancellationToken);

    /// <summary>What is to be told while nothing has changed; reads nothing.</summary>
    /// <param name="last">What was told last.</param>
    protected virtual TValue Meanwhile(TValue last) => last;

    /// <summary>Whether one tells the same as the other, so that it need not be told.</summary>
    /// <param name="value">What was read now.</param>
    /// <param name="last">What was told last.</param>
    protected abstract bool TellsTheSame(TValue value, TValue last);

    /// <summary>A thing, without end: at once, and then when something in it has changed.</summary>
    /// <param name="key">The thing.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    protected async IAsyncEnumerable<TValue> WatchAsync(
        TKey key,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var watch = Enter(key);
        try
        {
            TValue? told = null;
            while (true)
            {
                var next = watch.Next;
                if (watch.Newest is { } newest && !ReferenceEquals(newest, told))
                {
                    told = newest;
                    yield return newest;
                }

                await next.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Leave(key, watch);
        }
    }

    private SharedWatch<TValue> Enter(TKey key)
    {
        lock (gate)
        {
            if (!watches.TryGetValue(key, out var watch))
            {
                watch = new SharedWatch<TValue>(
                    (last, token) => ReadAsync(key, last, token),
                    Meanwhile,
                    TellsTheSame,
                    changes.Watch(OrganizationOf(key)),
                    pause,
                    clock,
                    logger
                );
                watches.Add(key, watch);
            }

            watch.Listeners++;
            return watch;
        }
    }

    private void Leave(TKey key, SharedWatch<TValue> watch)
    {
        lock (gate)
        {
            if (--watch.Listeners == 0)
            {
                watches.Remove(key);
                watch.Dispose();
            }
        }
    }
}
