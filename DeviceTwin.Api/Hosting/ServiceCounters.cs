namespace DeviceTwin.Api.Hosting;

/// <summary>What the service has done since it started. Safe from any thread.</summary>
/// <param name="clock">Gives the instant of the start.</param>
public sealed class ServiceCounters(TimeProvider clock)
{
    private long messagesReceived;
    private long messagesRejected;
    private long heartbeatsStored;
    private long loginsFailed;
    private long denials;
    private long itemsSetAside;
    private long setAsideDropped;

    /// <summary>When the service started (UTC).</summary>
    public DateTime StartedAt { get; } = clock.GetUtcNow().UtcDateTime;

    /// <summary>Messages taken from the broker.</summary>
    public long MessagesReceived => Interlocked.Read(ref messagesReceived);

    /// <summary>Messages that could not be understood.</summary>
    public long MessagesRejected => Interlocked.Read(ref messagesRejected);

    /// <summary>Heartbeats of known devices that were stored.</summary>
    public long HeartbeatsStored => Interlocked.Read(ref heartbeatsStored);

    /// <summary>Requests whose credentials were missing or not taken.</summary>
    public long LoginsFailed => Interlocked.Read(ref loginsFailed);

    /// <summary>Fields that were asked for without the role that they need.</summary>
    public long Denials => Interlocked.Read(ref denials);

    /// <summary>Items that a worker could not handle and set aside.</summary>
    public long ItemsSetAside => Interlocked.Read(ref itemsSetAside);

    /// <summary>Set-aside messages that were dropped because their device had too many.</summary>
    public long SetAsideDropped => Interlocked.Read(ref setAsideDropped);

    /// <summary>Counts a message taken from the broker.</summary>
    public void CountReceived() => Interlocked.Increment(ref messagesReceived);

    /// <summary>Counts a message that could not be understood.</summary>
    public void CountRejected() => Interlocked.Increment(ref messagesRejected);

    /// <summary>Counts a request whose credentials were missing or not taken.</summary>
    public void CountLoginFailed() => Interlocked.Increment(ref loginsFailed);

    /// <summary>Counts a field that was asked for without its role.</summary>
    public void CountDenied() => Interlocked.Increment(ref denials);

    /// <summary>Counts an item that was set aside.</summary>
    public void CountSetAside() => Interlocked.Increment(ref itemsSetAside);

    /// <summary>Counts set-aside messages that were dropped.</summary>
    /// <param name="count">How many.</param>
    public void CountSetAsideDropped(int count) => Interlocked.Add(ref setAsideDropped, count);

    /// <summary>Counts stored heartbeats.</summary>
    /// <param name="count">How many.</param>
    public void CountHeartbeats(int count) => Interlocked.Add(ref heartbeatsStored, count);
}
