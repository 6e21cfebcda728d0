namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Counts what is open right now.</summary>
public sealed class OpenConnections
{
    private int sockets;
    private int operations;
    private int eventStreams;

    /// <summary>WebSockets.</summary>
    public int Sockets => Volatile.Read(ref sockets);

    /// <summary>Operations on these WebSockets.</summary>
    public int SocketOperations => Volatile.Read(ref operations);

    /// <summary>Answers as Server-Sent Events.</summary>
    public int EventStreams => Volatile.Read(ref eventStreams);

    /// <summary>Counts a WebSocket until the returned value is disposed.</summary>
    internal IDisposable CountSocket() => new Counted(ref sockets, () => Interlocked.Decrement(ref sockets));

    /// <summary>Counts an operation until the returned value is disposed.</summary>
    internal IDisposable CountSocketOperation() =>
        new Counted(ref operations, () => Interlocked.Decrement(ref operations));

    /// <summary>Counts an event stream until the returned value is disposed.</summary>
    internal IDisposable CountEventStream() =>
        new Counted(ref eventStreams, () => Interlocked.Decrement(ref eventStreams));

    private sealed class Counted : IDisposable
    {
        private readonly Action leave;

        public Counted(ref int counter, Action leave)
        {
            Interlocked.Increment(ref counter);
            this.leave = leave;
        }

        public void Dispose() => leave();
    }
}
