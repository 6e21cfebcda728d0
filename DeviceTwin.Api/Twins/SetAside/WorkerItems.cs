using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>
/// Isolates the items of one worker: an item that fails is tried again after growing pauses, apart from all others, and is set aside after
/// <see cref="WorkerSettings.Attempts"/> tries. Safe from any thread.
/// </summary>
/// <param name="worker">The worker's name.</param>
/// <param name="setAside">Keeps what cannot be handled.</param>
/// <param name="settings">How often and when an item is tried again.</param>
/// <param name="clock">Paces the tries.</param>
public sealed class WorkerItems(string worker, ISetAsideItems setAside, WorkerSettings settings, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Failures> failing = new(StringComparer.Ordinal);

    /// <summary>The keys that the next round leaves out: items whose pause has not ended, and those that are set aside.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string[]> ExcludedAsync(CancellationToken cancellationToken)
    {
        var keys = await setAside.KeysAsync(worker, cancellationToken);
        var now = clock.GetUtcNow();
        lock (gate)
        {
            return [.. keys, .. failing.Where(item => item.Value.NextAt > now).Select(item => item.Key)];
        }
    }

    /// <summary>
    /// Handles items together, and apart when one fails: halves find it, and the others are handled without it. Throws only when the store is away
    /// (<see cref="StoreFault.IsAway"/>) or when it is cancelled.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="describe">Names an item.</param>
    /// <param name="handle">Handles items in one transaction: all of them, or none.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task HandleAsync<T>(
        IReadOnlyList<T> items,
        Func<T, FailedItem> describe,
        Func<IReadOnlyList<T>, CancellationToken, Task> handle,
        CancellationToken cancellationToken
    ) =>
        Halves.HandleAsync(
            items,
            async (part, token) =>
            {
                await handle(part, token);
                Forget(part.Select(item => describe(item).Key));
            },
            (item, fault, token) => FailAsync(describe(item), fault, token),
            cancellationToken
        );

    private async Task FailAsync(FailedItem item, Exception fault, CancellationToken cancellationToken)
    {
        Failures failures;
        lock (gate)
        {
            failures = failing.GetValueOrDefault(item.Key) ?? new Failures(clock.GetUtcNow().UtcDateTime);
            failures.Tries++;
            failures.NextAt = clock.GetUtcNow() + settings.PauseAfter(failures.Tries);
            failing[item.Key] = failures;
        }

        if (failures.Tries >= settings.Attempts)
        {
            await setAside.AddAsync(worker, item, fault, failures.Tries, failures.FirstAt, cancellationToken);
            Forget([item.Key]);
        }
    }

    private void Forget(IEnumerable<string> keys)
    {
        lock (gate)
        {
            if (failing.Count > 0)
            {
                foreach (var key in keys)
                {
                    failing.Remove(key);
                }
            }
        }
    }

    private sealed class Failures(DateTime firstAt)
    {
        public DateTime FirstAt { get; } = firstAt;
        public int Tries { get; set; }
        public DateTimeOffset NextAt { get; set; }
    }
}
