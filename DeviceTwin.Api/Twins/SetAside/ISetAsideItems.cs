using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>Keeps the items that workers could not handle. All processes share them.</summary>
public interface ISetAsideItems
{
    /// <summary>Sets an item aside, or notes a further failure of one that is.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="item">The item.</param>
    /// <param name="fault">What the last try threw.</param>
    /// <param name="tries">How often it was tried.</param>
    /// <param name="firstFailedAt">When the first try failed; for a message, when it was received (UTC).</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task AddAsync(
        string worker,
        FailedItem item,
        Exception fault,
        int tries,
        DateTime firstFailedAt,
        CancellationToken cancellationToken
    );

    /// <summary>The keys of a worker's items that are set aside: the worker leaves them out.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<string[]> KeysAsync(string worker, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a lease on messages that somebody asked to have tried again, the oldest first: no other process takes them while it lasts.
    /// </summary>
    /// <param name="lease">How long.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<IReadOnlyList<SetAsideItem>> ClaimRetriesAsync(TimeSpan lease, int most, CancellationToken cancellationToken);

    /// <summary>A message that was tried again is done, and no longer kept.</summary>
    /// <param name="item">The message, as it was claimed.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task RemoveAsync(SetAsideItem item, CancellationToken cancellationToken);

    /// <summary>A message that was tried again failed once more: it is kept with its new reason, unless somebody dropped it meanwhile.</summary>
    /// <param name="item">The message, as it was claimed.</param>
    /// <param name="fault">What the try threw.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task FailRetryAsync(SetAsideItem item, Exception fault, CancellationToken cancellationToken);

    /// <summary>Reads how many items are kept, and reports it as a metric.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    Task MeasureAsync(CancellationToken cancellationToken);
}
