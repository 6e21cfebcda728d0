namespace DeviceTwin.Api.Twins;

/// <summary>What the service has done since it started. Safe from any thread.</summary>
/// <param name="clock">Gives the instant of the start.</param>
public sealed class ServiceCounters(TimeProvider clock)
{
    private long messagesReceived;
    private long messagesRejected;
    private long heartbeatsStored;

    /// <summary>When the service started (UTC).</summary>
    public DateTime StartedAt { get; } = clock.GetUtcNow().UtcDateTime;

    /// <summary>Messages taken from the broker.</summary>
    public long MessagesReceived => Interlocked.Read(ref messagesReceived);

    /// <summary>Messages that could not be understood.</summary>
    public long MessagesRejected => Interlocked.Read(ref messagesRejected);

    /// <summary>Heartbeats of known devices that were stored.</summary>
    public long HeartbeatsStored => Interlocked.Read(ref heartbeatsStored);

    /// <summary>Counts a message taken from the broker.</summary>
    public void CountReceived() => Interlocked.Increment(ref messagesReceived);

    /// <summary>Counts a message that could not be understood.</summary>
    public void CountRejected() => Interlocked.Increment(ref messagesRejected);

    /// <summary>Counts stored heartbeats.</summary>
    /// <param name="count">How many.</param>
    public void CountHeartbeats(int count) => Interlocked.Add(ref heartbeatsStored, count);
}
