using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>A subscription as a client of <c>graphql-transport-ws</c> has it, on a socket of its own.</summary>
public sealed class TwinHostSubscription : IAsyncDisposable
{
    private const string OperationId = "1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Channel<JsonElement> events = Channel.CreateUnbounded<JsonElement>();
    private Task receiving = Task.CompletedTask;
    private bool isDisposed;

    private TwinHostSubscription() => socket.Options.AddSubProtocol("graphql-transport-ws");

    /// <summary>
    /// The answers, <c>data</c> and <c>errors</c>, in order. It completes when the stream does, and throws what ended it
    /// otherwise: an error of the operation, or the socket's close code.
    /// </summary>
    public ChannelReader<JsonElement> Events => events.Reader;

    /// <summary>Whether nothing more will come, though <see cref="Events"/> may hold what has not been read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The next answer's <c>data</c>; fails when none comes within 20 seconds, or when it holds errors.</summary>
    public async Task<JsonElement> NextAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var answer = await Events.ReadAsync(limit.Token);
        Assert.False(answer.TryGetProperty("errors", out _), answer.GetRawText());
        return answer.GetProperty("data");
    }

    /// <summary>Reads until an answer's <c>data</c> is the one that is waited for.</summary>
    /// <param name="isIt">Says whether it is.</param>
    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> isIt)
    {
        ArgumentNullException.ThrowIfNull(isIt);
        JsonElement data;
        do
        {
            data = await NextAsync();
        } while (!isIt(data));
        return data;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // The host disposes what the test has not.
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        await ending.CancelAsync();
        await receiving;
        socket.Dispose();
        ending.Dispose();
    }

    internal static async Task<TwinHostSubscription> OpenAsync(Uri address, string query, object? variables)
    {
        var subscription = new TwinHostSubscription();
        await subscription.OpenAsync(
            new UriBuilder(address) { Scheme = "ws" }.Uri,
            new
            {
                id = OperationId,
                type = "subscribe",
                payload = new { query, variables },
            }
        );
        return subscription;
    }

    private async Task OpenAsync(Uri address, object subscribe)
    {
        using var limit = new CancellationTokenSource(Limit);
        await socket.ConnectAsync(address, limit.Token);
        await SendAsync(new { type = "connection_init" });
        Assert.Equal("connection_ack", (await ReceiveAsync(limit.Token)).GetProperty("type").GetString());
        await SendAsync(subscribe);
        receiving = ReceiveAllAsync();
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (true)
            {
                await TakeAsync(await ReceiveAsync(ending.Token));
            }
        }
        catch (OperationCanceledException)
        {
            End();
        }
        catch (Exception closed) when (closed is WebSocketException or InvalidOperationException)
        {
            End(closed);
        }
    }

    private async Task TakeAsync(JsonElement message)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "ping":
                await SendAsync(new { type = "pong" });
                break;
            case "next":
                events.Writer.TryWrite(message.GetProperty("payload"));
                break;
            case "error":
                End(new InvalidOperationException(message.GetRawText()));
                break;
            case "complete":
                End();
                break;
        }
    }

    private void End(Exception? because = null)
    {
        events.Writer.TryComplete(because);
        HasEnded = true;
    }

    private async Task SendAsync(object message) =>
        await socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message),
            WebSocketMessageType.Text,
            endOfMessage: true,
            ending.Token
        );

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException(
                    $"The service closed the socket: {(int?)socket.CloseStatus} {socket.CloseStatusDescription}"
                );
            }

            await text.WriteAsync(buffer.AsMemory(0, part.Count), cancellationToken);
            if (part.EndOfMessage)
            {
                return JsonElement.Parse(Encoding.UTF8.GetString(text.ToArray()), TwinHost.Deep);
            }
        }
    }
}
