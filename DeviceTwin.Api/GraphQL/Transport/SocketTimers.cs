namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What time does to a WebSocket: no <c>connection_init</c>, an unanswered ping.</summary>
internal sealed class SocketTimers : IDisposable
{
    private readonly SocketSender sender;
    private readonly Action<SocketClosure> end;
    private readonly ITimer initialisation;
    private readonly ITimer ping;
    private Task? pingWritten;

    /// <summary>Starts to wait for <c>connection_init</c>.</summary>
    /// <param name="initialisationTimeout">How long to wait for it.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="sender">Where pings go.</param>
    /// <param name="end">Told when time is up.</param>
    public SocketTimers(
        TimeSpan initialisationTimeout,
        TimeProvider clock,
        SocketSender sender,
        Action<SocketClosure> end
    )
    {
        this.sender = sender;
        this.end = end;
        initialisation = clock.CreateTimer(
            _ => end(SocketClosure.InitialisationTimeout),
            state: null,
            initialisationTimeout,
            Timeout.InfiniteTimeSpan
        );
        ping = clock.CreateTimer(_ => SendPing(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary><c>connection_init</c> is here.</summary>
    public void StopInitialisation() => initialisation.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Starts to ping.</summary>
    /// <param name="interval">How often.</param>
    public void StartPings(TimeSpan interval) => ping.Change(interval, interval);

    /// <summary>The client has answered.</summary>
    public void Pong() => Volatile.Write(ref pingWritten, value: null);

    /// <inheritdoc />
    public void Dispose()
    {
        initialisation.Dispose();
        ping.Dispose();
    }

    // A ping that still waits in the queue cannot be answered; the sender's own time-out watches over it.
    private void SendPing()
    {
        if (Volatile.Read(ref pingWritten) is not { } written)
        {
            if (sender.TryEnqueue(SocketFrames.Ping, out Task enqueued))
            {
                Volatile.Write(ref pingWritten, enqueued);
            }
        }
        else if (written.IsCompleted)
        {
            end(SocketClosure.PingUnanswered);
        }
    }
}
