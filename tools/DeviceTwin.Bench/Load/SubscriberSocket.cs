using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Load;

/// <summary>
/// A WebSocket that speaks <c>graphql-transport-ws</c> and counts the events that come. Like <see cref="HttpConnection"/> it does little, for thousands of it share
/// the processors with the service.
/// </summary>
internal sealed class SubscriberSocket : IDisposable
{
    /// <summary>What the last event of a run holds.</summary>
    public const string LastEvent = "bench-last";

    private const int TextFrame = 0x81;
    private static readonly byte[] Last = Encoding.ASCII.GetBytes(LastEvent);
    private readonly TcpClient socket = new() { NoDelay = true };
    private readonly Func<ReadOnlySpan<byte>, double?>? lag;
    private readonly TaskCompletionSource subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource lastCame = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] buffer = new byte[2048];
    private int held;

    private SubscriberSocket(Func<ReadOnlySpan<byte>, double?>? lag) => this.lag = lag;

    /// <summary>How many events came.</summary>
    public int Events { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>How late each event came, in milliseconds, where that is asked for.</summary>
    public List<double> Lags { get; } = [];

    /// <summary>Ends when the run's last event has come, or the connection has ended.</summary>
    public Task LastCame => lastCame.Task;

    /// <summary>Whether the last event came.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Connects, subscribes, and reads from then on.</summary>
    /// <param name="address">The server.</param>
    /// <param name="path">The endpoint.</param>
    /// <param name="query">The subscription.</param>
    /// <param name="lag">Finds in an event how late it is; null where that is not asked for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="variables">The subscription's variables; null for none.</param>
    public static async Task<SubscriberSocket> OpenAsync(
        Uri address,
        string path,
        string query,
        Func<ReadOnlySpan<byte>, double?>? lag,
        CancellationToken cancellationToken,
        object? variables = null
    )
    {
        var subscriber = new SubscriberSocket(lag);
        await subscriber.socket.ConnectAsync(address.Host, address.Port, cancellationToken);
        await subscriber.ShakeHandsAsync(address, path, cancellationToken);
        await subscriber.SendAsync("""{"type":"connection_init"}""", cancellationToken);
        await subscriber.SendAsync(
            JsonSerializer.Serialize(
                new
                {
                    id = "1",
                    type = "subscribe",
                    payload = new { query, variables },
                }
            ),
            cancellationToken
        );
        _ = Task.Run(() => subscriber.ReadAsync(cancellationToken), cancellationToken);
        await subscriber.subscribed.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        return subscriber;
    }

    /// <summary>Reads how late an event is from an instant that it holds.</summary>
    /// <param name="field">What stands before the instant, e.g. <c>"at":"</c>.</param>
    public static Func<ReadOnlySpan<byte>, double?> LagOf(string field)
    {
        var before = Encoding.ASCII.GetBytes(field);
        return frame =>
        {
            var place = frame.IndexOf(before);
            if (place < 0)
            {
                return null;
            }

            var text = frame[(place + before.Length)..];
            var at = DateTimeOffset.Parse(
                Encoding.ASCII.GetString(text[..text.IndexOf((byte)'"')]),
                System.Globalization.CultureInfo.InvariantCulture
            );
            return (TwinRows.Now() - at.UtcDateTime).TotalMilliseconds;
        };
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private async Task ShakeHandsAsync(Uri address, string path, CancellationToken cancellationToken)
    {
        string[] head =
        [
            $"GET {path} HTTP/1.1",
            $"Host: {address.Authority}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: graphql-transport-ws",
            "",
            "",
        ];
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", head)), cancellationToken);
        int end;
        while ((end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await ReceiveAsync(cancellationToken);
        }

        if (!buffer.AsSpan().StartsWith("HTTP/1.1 101"u8))
        {
            throw new ServerException($"No WebSocket: {Encoding.ASCII.GetString(buffer.AsSpan(0, held))}");
        }

        Drop(end + 4);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // A server that may send before it is asked has nothing to acknowledge: there the first frame counts, too.
        try
        {
            while (true)
            {
                while (TryTakeFrame(out var isPing))
                {
                    if (isPing)
                    {
                        await SendAsync("""{"type":"pong"}""", cancellationToken);
                    }
                }

                await ReceiveAsync(cancellationToken);
            }
        }
        catch (Exception ended) when (ended is IOException or ServerException or ObjectDisposedException)
        {
            subscribed.TrySetException(ended);
            lastCame.TrySetResult();
        }
    }

    private bool TryTakeFrame(out bool isPing)
    {
        isPing = false;
        var bytes = buffer.AsSpan(0, held);
        if (bytes.Length < 2)
        {
            return false;
        }

        var (head, length) = (2, (int)bytes[1]);
        if (length == 126)
        {
            if (bytes.Length < 4)
            {
                return false;
            }

            (head, length) = (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        }

        if (bytes.Length < head + length)
        {
            return false;
        }

        isPing = Take(bytes.Slice(head, length));
        Drop(head + length);
        return true;
    }

    private bool Take(ReadOnlySpan<byte> frame)
    {
        if (frame.IndexOf("\"type\":\"next\""u8) >= 0)
        {
            Events++;
            Bytes += frame.Length;
            if (lag?.Invoke(frame) is { } late)
            {
                Lags.Add(late);
            }

            if (frame.IndexOf(Last) >= 0)
            {
                IsComplete = true;
                lastCame.TrySetResult();
            }
        }

        // Its answer is the first sign that the service is there; subscriptions begin with it.
        subscribed.TrySetResult();
        return frame.IndexOf("\"type\":\"ping\""u8) >= 0;
    }

    private void Drop(int count)
    {
        buffer.AsSpan(count, held - count).CopyTo(buffer);
        held -= count;
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        if (held == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * buffer.Length);
        }

        var read = await socket.GetStream().ReadAsync(buffer.AsMemory(held), cancellationToken);
        held += read > 0 ? read : throw new ServerException("The server closed the socket.");
    }

    // A mask of zeros leaves the text as it is.
    private async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        byte[] head =
            length < 126
                ? [TextFrame, (byte)(0x80 | length), 0, 0, 0, 0]
                : [TextFrame, 0x80 | 126, (byte)(length >> 8), (byte)length, 0, 0, 0, 0];
        await socket.GetStream().WriteAsync((byte[])[.. head, .. Encoding.UTF8.GetBytes(text)], cancellationToken);
    }
}
