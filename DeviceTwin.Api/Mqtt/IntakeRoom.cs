namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The room for messages that were read from the broker and have no place in their channel yet. As long as it is not full the connection is read on:
/// what the broker sends behind a backlog, such as its answers to what we publish, is seen at once. Safe from any thread.
/// </summary>
/// <param name="limit">How many bytes may wait; one message may go beyond.</param>
/// <param name="clock">Measures how long nothing has moved.</param>
internal sealed class IntakeRoom(long limit, TimeProvider clock)
{
    // The objects around a payload: packet, topic, and the entry that waits.
    private const int CostOfMessage = 512;

    private readonly Lock gate = new();
    private TaskCompletionSource? freed;
    private long bytes;
    private long movedAt = clock.GetTimestamp();

    /// <summary>Ends when there is room; at once while there is.</summary>
    public Task WhenFree
    {
        get
        {
            lock (gate)
            {
                return bytes < limit
                    ? Task.CompletedTask
                    : (freed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Whether a message waits.</summary>
    public bool IsUsed => Interlocked.Read(ref bytes) > 0;

    /// <summary>Since when no message has come or left.</summary>
    public TimeSpan IdleTime => clock.GetElapsedTime(Volatile.Read(ref movedAt));

    /// <summary>A message was read; whether or not it has to wait.</summary>
    public void NoteMove() => Volatile.Write(ref movedAt, clock.GetTimestamp());

    /// <summary>A message waits until its place is there.</summary>
    /// <param name="place">Ends when it is.</param>
    /// <param name="payload">The length of its payload, in bytes.</param>
    public async Task HoldAsync(Task place, long payload)
    {
        var cost = payload + CostOfMessage;
        Add(cost);
        try
        {
            await place;
        }
        finally
        {
            Add(-cost);
            NoteMove();
        }
    }

    private void Add(long count)
    {
        TaskCompletionSource? signal = null;
        lock (gate)
        {
            Interlocked.Add(ref bytes, count);
            if (bytes < limit)
            {
                (signal, freed) = (freed, null);
            }
        }

        signal?.TrySetResult();
    }
}
