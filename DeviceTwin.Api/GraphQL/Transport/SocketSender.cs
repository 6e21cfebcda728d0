using System.Net.WebSockets;
using System.Threading.Channels;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The one way out of a WebSocket: a bounded queue of frames, written in order.</summary>
/// <param name="socket">The socket.</param>
/// <param name="capacity">How many frames may wait; then whoever has one waits.</param>
/// <param name="timeout">How long the reader may leave a frame untaken.</param>
/// <param name="clock">The clock of the time-out.</param>
internal sealed class SocketSender(WebSocket socket, int capacity, TimeSpan timeout, TimeProvider clock)
{
    // Whoever brings a frame writes it himself where nobody else is writing, and goes on where it was written: from an event to its socket it is one thread's work.
    private readonly Channel<Frame> frames = Channel.CreateBounded<Frame>(
        new BoundedChannelOptions(capacity) { SingleReader = true, AllowSynchronousContinuations = true }
    );

    /// <summary>Puts a frame into the queue, waiting for a place.</summary>
    /// <param name="text">The frame.</param>
    /// <param name="isWanted">Asked right before the frame would be written; it is left out if nobody wants it any more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When the frame is in the queue: a task that completes when it was written.</returns>
    public async Task<Task> EnqueueAsync(byte[] text, Func<bool>? isWanted, CancellationToken cancellationToken)
    {
        var frame = new Frame(text, isWanted);
        await frames.Writer.WriteAsync(frame, cancellationToken);
        return frame.Written.Task;
    }

    /// <summary>Puts a frame into the queue if there is a place.</summary>
    /// <param name="text">The frame.</param>
    /// <param name="written">Completes when it was written.</param>
    /// <returns>False if the queue is full.</returns>
    public bool TryEnqueue(byte[] text, out Task written)
    {
        var frame = new Frame(text, IsWanted: null);
        written = frame.Written.Task;
        return frames.Writer.TryWrite(frame);
    }

    /// <summary>Writes frames until the socket ends.</summary>
    /// <param name="end">Told when the reader is too slow or the connection is gone.</param>
    /// <param name="cancellationToken">Cancelled when the socket ends; a frame that was begun is still finished.</param>
    public async Task RunAsync(Action<SocketClosure> end, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (Frame frame in frames.Reader.ReadAllAsync(cancellationToken))
            {
                if (frame.IsWanted?.Invoke() ?? true)
                {
                    await WriteAsync(frame.Text, end);
                }

                frame.Written.TrySetResult();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Either the socket ends already, and what still waits is not sent, or this is the first to see it gone.
            end(SocketClosure.ConnectionLost);
        }
        finally
        {
            end(SocketClosure.ServiceFault);
        }
    }

    private async Task WriteAsync(byte[] text, Action<SocketClosure> end)
    {
        Task writing = socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        try
        {
            await writing.WaitAsync(timeout, clock);
        }
        catch (TimeoutException)
        {
            end(SocketClosure.ReaderTooSlow);
            await writing;
        }
    }

    private sealed record Frame(byte[] Text, Func<bool>? IsWanted)
    {
        public TaskCompletionSource Written { get; } = new();
    }
}
