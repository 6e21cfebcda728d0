namespace DeviceTwin.Data;

/// <summary>Wakes those who read what was committed: the change log's tail and the outboxes. Wakes while nobody waits are not lost.</summary>
public sealed class CommitSignal
{
    private volatile TaskCompletionSource next = New();

    /// <summary>
    /// A task that ends with the next commit that concerns them. Take it before reading the store, await it after: a commit in between
    /// has already ended it.
    /// </summary>
    public Task Next => next.Task;

    /// <summary>Tells that something was committed.</summary>
    public void Raise() => Interlocked.Exchange(ref next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
