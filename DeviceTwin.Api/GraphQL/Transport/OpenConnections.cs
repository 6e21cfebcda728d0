using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Counts what is open right now, and lets no more be opened than the settings allow.</summary>
/// <param name="settings">The limits.</param>
public sealed class OpenConnections(Settings settings)
{
    private readonly Places socketsOfAddress = new(settings.GraphQL.SocketsOfAddress);
    private readonly Places socketsOfCaller = new(settings.GraphQL.SocketsOfCaller);
    private readonly Places subscriptionsOfCaller = new(settings.GraphQL.SubscriptionsOfCaller);
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
    /// <param name="source">Where it comes from.</param>
    /// <exception cref="TransportError">There are too many, of this address or in all.</exception>
    internal IDisposable OpenSocket(CallSource source)
    {
        var place =
            socketsOfAddress.TryTake(source.Address)
            ?? throw new TransportError(
                TransportError.TooManySockets,
                $"Your address has {socketsOfAddress.Limit} WebSockets open (graphql.sockets.address)."
            );
        var counted = new Counted(ref sockets, () => Interlocked.Decrement(ref sockets), place);
        if (Sockets > settings.GraphQL.Sockets)
        {
            counted.Dispose();
            throw new TransportError(
                TransportError.ServiceBusy,
                "The service has all the WebSockets open that it may have (graphql.sockets); try again later."
            );
        }

        return counted;
    }

    /// <summary>Counts a WebSocket as its caller's until the returned value is disposed.</summary>
    /// <param name="source">Whose it is.</param>
    /// <returns>Null for a caller without a name.</returns>
    /// <exception cref="SocketProtocolException">The caller has too many.</exception>
    internal IDisposable? NameSocket(CallSource source) =>
        source.Caller is null
            ? null
            : socketsOfCaller.TryTake(source.Caller)
                ?? throw new SocketProtocolException(SocketClosure.TooManySockets(socketsOfCaller.Limit));

    /// <summary>A place for the subscription that an operation may turn out to be.</summary>
    /// <param name="source">Whose it is.</param>
    internal SubscriptionPlace PlaceFor(CallSource source) => new(subscriptionsOfCaller, source.Key);

    /// <summary>Counts an operation until the returned value is disposed.</summary>
    internal IDisposable CountSocketOperation() =>
        new Counted(ref operations, () => Interlocked.Decrement(ref operations));

    /// <summary>Counts an event stream until the returned value is disposed.</summary>
    internal IDisposable CountEventStream() =>
        new Counted(ref eventStreams, () => Interlocked.Decrement(ref eventStreams));

    private sealed class Counted : IDisposable
    {
        private readonly Action leave;
        private readonly IDisposable? place;

        public Counted(ref int counter, Action leave, IDisposable? place = null)
        {
            Interlocked.Increment(ref counter);
            this.leave = leave;
            this.place = place;
        }

        public void Dispose()
        {
            leave();
            place?.Dispose();
        }
    }
}
