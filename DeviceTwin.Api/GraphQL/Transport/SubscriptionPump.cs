using System.Threading.Channels;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Hands one subscription's events to its reader, in order, one after the other.</summary>
/// <param name="gate">The gate that the source waits at; a place becomes free when an event has been taken.</param>
/// <param name="capacity">How many events of a source that does not use its gate may wait.</param>
internal sealed class SubscriptionPump(EventGate gate, int capacity) : IObserver<ExecutionResult>
{
    private readonly Channel<ExecutionResult> events = Channel.CreateBounded<ExecutionResult>(
        new BoundedChannelOptions(Math.Max(capacity, EventGate.Permits))
        {
            SingleReader = true,
            AllowSynchronousContinuations = true,
        }
    );

    /// <summary>Listens until the stream ends.</summary>
    /// <param name="stream">The events.</param>
    /// <param name="send">Completes when the event was taken by the reader.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <exception cref="ExecutionError">The source failed; the error is fit for the caller.</exception>
    public async Task RunAsync(
        IObservable<ExecutionResult> stream,
        Func<ExecutionResult, CancellationToken, Task> send,
        CancellationToken cancellationToken
    )
    {
        using IDisposable subscription = stream.Subscribe(this);
        await foreach (ExecutionResult result in events.Reader.ReadAllAsync(cancellationToken))
        {
            await send(result, cancellationToken);
            gate.Release();
        }
    }

    void IObserver<ExecutionResult>.OnNext(ExecutionResult value)
    {
        if (!events.Writer.TryWrite(value))
        {
            events.Writer.TryComplete(
                new TransportError(
                    TransportError.EventsOverflow,
                    "More events came than could be sent; subscribe again."
                )
            );
        }
    }

    // GraphQL.NET has passed the source's exception through the executor's masking: it arrives as an ExecutionError.
    void IObserver<ExecutionResult>.OnError(Exception error) =>
        events.Writer.TryComplete(
            error as ExecutionError
                ?? new TransportError(
                    TransportError.Internal,
                    "The subscription ended because of a fault of the service."
                )
        );

    void IObserver<ExecutionResult>.OnCompleted() => events.Writer.TryComplete();
}
