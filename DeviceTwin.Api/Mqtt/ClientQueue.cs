namespace DeviceTwin.Api.Mqtt;

/// <summary>What the embedded broker keeps for one client, in bytes: not sent, or not acknowledged. Safe from any thread.</summary>
/// <param name="together">Counts the bytes of all queues of its kind.</param>
internal sealed class ClientQueue(SharedBytes together)
{
    private readonly Lock gate = new();
    private long bytes;
    private long unassured;
    private int answers;
    private long fullAt;
    private TaskCompletionSource? changed;

    /// <summary>How many bytes wait.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>How many answers to the client's own packets wait.</summary>
    public int Answers => Volatile.Read(ref answers);

    /// <summary>Keeps a message where there is room. One always fits, however large.</summary>
    /// <param name="cost">Its bytes.</param>
    /// <param name="isUnassured">Whether it was published with QoS 0, so that a new connection does not get it.</param>
    /// <param name="limit">How many bytes may wait here.</param>
    /// <param name="least">How many may wait here even when too many wait in all.</param>
    /// <param name="isNews">Of one that is not kept: whether it is the first since half of it was taken.</param>
    public bool TryAdd(long cost, bool isUnassured, long limit, long least, out bool isNews)
    {
        lock (gate)
        {
            var after = bytes + cost;
            if (bytes > 0 && (after > limit || (after > least && !together.HasRoom(cost))))
            {
                (isNews, fullAt) = (fullAt == 0, bytes);
                return false;
            }

            isNews = false;
            bytes = after;
            unassured += isUnassured ? cost : 0;
            together.Add(cost);
            return true;
        }
    }

    /// <summary>A message was sent with QoS 0, or acknowledged.</summary>
    /// <param name="cost">Its bytes.</param>
    /// <param name="isUnassured">Whether it was sent with QoS 0.</param>
    public void Remove(long cost, bool isUnassured) =>
        Change(() =>
        {
            Subtract(cost);
            unassured = isUnassured ? Math.Max(0, unassured - cost) : unassured;
        });

    /// <summary>The client connects: what it was not sent of QoS 0 is dropped, and all of it where its session is new or has ended.</summary>
    /// <param name="isNewSession">Whether nothing is kept.</param>
    public void Restart(bool isNewSession) =>
        Change(() =>
        {
            Subtract(isNewSession ? bytes : unassured);
            (unassured, answers) = (0, 0);
        });

    /// <summary>The client has sent a packet that is answered.</summary>
    public void AddAnswer() => Interlocked.Increment(ref answers);

    /// <summary>An answer is sent.</summary>
    public void RemoveAnswer() => Change(() => answers = Math.Max(0, answers - 1));

    /// <summary>Waits until a condition no longer holds.</summary>
    /// <param name="isFull">The condition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitWhileAsync(Func<ClientQueue, bool> isFull, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (!isFull(this))
                {
                    return;
                }

                changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                change = changed.Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    private void Subtract(long cost)
    {
        var removed = Math.Min(cost, bytes);
        bytes -= removed;
        together.Add(-removed);
        fullAt = bytes <= fullAt / 2 ? 0 : fullAt;
    }

    private void Change(Action change)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            change();
            (waiting, changed) = (changed, null);
        }

        waiting?.TrySetResult();
    }
}

/// <summary>How many bytes wait in several queues. Safe from any thread.</summary>
/// <param name="limit">How many may.</param>
internal sealed class SharedBytes(long limit)
{
    private long bytes;

    /// <summary>Whether so many more may wait. Several at once may go beyond by one message each.</summary>
    public bool HasRoom(long count) => Interlocked.Read(ref bytes) + count <= limit;

    /// <summary>Counts bytes that have come, or gone.</summary>
    public void Add(long count) => Interlocked.Add(ref bytes, count);
}
