namespace DeviceTwin.Api.Twins;

/// <summary>Whether the broker can be reached, for readiness and <c>service</c>. Safe from any thread.</summary>
public sealed class BrokerStatus
{
    private volatile BrokerState current = new(Connected: false, Since: null, LastError: null);
    private volatile TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int newSessions;

    /// <summary>The newest state.</summary>
    public BrokerState Current => current;

    /// <summary>Ends when the subscriptions stand; at once while they do.</summary>
    internal Task WhenConnected => connected.Task;

    /// <summary>At how many connections so far the broker did not know our session.</summary>
    internal int NewSessions => Volatile.Read(ref newSessions);

    internal void CountNewSession() => Interlocked.Increment(ref newSessions);

    internal void Connect(DateTime now)
    {
        current = new(Connected: true, now, LastError: null);
        connected.TrySetResult();
    }

    internal void Lose(DateTime now, string error)
    {
        if (current.Connected)
        {
            connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        current = new(Connected: false, current.Connected ? now : current.Since ?? now, error);
    }
}

/// <summary>A state of the connection to the broker.</summary>
/// <param name="Connected">Connected, and subscribed.</param>
/// <param name="Since">Since when it is so (UTC); null before the first attempt has ended.</param>
/// <param name="LastError">Why it is not connected, in one line; null while it is.</param>
public sealed record BrokerState(bool Connected, DateTime? Since, string? LastError);
