using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>
/// Keeps a subscription's source at the pace of its reader. GraphQL.NET starts executing every event that a source
/// yields at once, so the source itself has to wait.
/// </summary>
/// <remarks>
/// A stream resolver takes the gate while its context is valid, before anything is awaited or yielded, and lets its
/// source pass through it:
/// <code>
/// public static IAsyncEnumerable&lt;Heartbeat&gt; Heartbeats(IResolveFieldContext context, [FromServices] HeartbeatFeed feed) =>
///     EventGate.Of(context).Through(feed.ListenAsync());
/// </code>
/// At most <see cref="Permits"/> events are between the source and the reader's socket. The next one is asked of the
/// source only when one of these was written to the socket; a source that keeps only the newest value is therefore read late,
/// not queued behind. A source that does not use its gate is ended with an error as soon as <c>graphql.send.queue</c> of
/// its events wait.
/// </remarks>
public sealed class EventGate
{
    /// <summary>Where the executor puts the gate into the user context.</summary>
    public const string UserContextKey = "deviceTwin.eventGate";

    /// <summary>How many events may be on their way to the reader at once.</summary>
    public const int Permits = 4;

    private readonly Channel<bool>? underWay;

    /// <summary>A gate for one subscription, all its permits free.</summary>
    public EventGate()
        : this(Channel.CreateBounded<bool>(new BoundedChannelOptions(Permits) { AllowSynchronousContinuations = true }))
    { }

    private EventGate(Channel<bool>? underWay) => this.underWay = underWay;

    /// <summary>The gate of an operation that no transport streams: never waits.</summary>
    public static EventGate AlwaysOpen { get; } = new(underWay: null);

    /// <summary>The gate of the operation that a resolver works for.</summary>
    /// <param name="context">The resolver's context, still valid.</param>
    /// <returns>Its gate; <see cref="AlwaysOpen"/> where the operation came without one.</returns>
    public static EventGate Of(IResolveFieldContext context) =>
        context.UserContext.TryGetValue(UserContextKey, out object? gate) && gate is EventGate found
            ? found
            : AlwaysOpen;

    /// <summary>Waits until another event may be yielded. Each entry has to be followed by exactly one event.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When the event may be yielded.</returns>
    public ValueTask EnterAsync(CancellationToken cancellationToken) =>
        underWay is null ? ValueTask.CompletedTask : underWay.Writer.WriteAsync(item: true, cancellationToken);

    /// <summary>A source that is asked for its next event only when the gate lets it through.</summary>
    /// <typeparam name="T">The event.</typeparam>
    /// <param name="source">The events.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The same events, at the pace of the reader.</returns>
    public async IAsyncEnumerable<T> Through<T>(
        IAsyncEnumerable<T> source,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await using IAsyncEnumerator<T> events = source.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            await EnterAsync(cancellationToken);
            if (!await events.MoveNextAsync())
            {
                yield break;
            }

            yield return events.Current;
        }
    }

    /// <summary>Called by the transport for each event that it wrote. Does nothing for a source that never entered.</summary>
    internal void Release() => underWay?.Reader.TryRead(out _);
}
