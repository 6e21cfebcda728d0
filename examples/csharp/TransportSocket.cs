using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FollowDevices;

/// <summary>
/// A WebSocket with the sub-protocol <c>graphql-transport-ws</c> and one subscription
/// (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
/// </summary>
internal sealed class TransportSocket : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();

    /// <summary>Why the service closed it; null while it is open.</summary>
    public int? CloseCode => (int?)socket.CloseStatus;

    /// <summary>Connects and introduces itself.</summary>
    /// <param name="service">The service's address.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<TransportSocket> OpenAsync(Uri service, CancellationToken cancellationToken)
    {
        var opened = new TransportSocket();
        opened.socket.Options.AddSubProtocol("graphql-transport-ws");
        // A line that is dead is noticed.
        opened.socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        opened.socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        var scheme = service.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
        await opened.socket.ConnectAsync(
            new UriBuilder(service) { Scheme = scheme, Path = "graphql" }.Uri,
            cancellationToken
        );
        var token = Environment.GetEnvironmentVariable("TOKEN");
        object payload = token is null ? new { } : new { Authorization = $"Bearer {token}" };
        await opened.SendAsync(new { type = "connection_init", payload }, cancellationToken);
        return opened;
    }

    /// <summary>The answers of a subscription, until it or the connection ends.</summary>
    public async IAsyncEnumerable<JsonElement> SubscribeAsync(
        string query,
        object variables,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (await ReceiveAsync(cancellationToken) is { } message)
        {
            switch (message.GetProperty("type").GetString())
            {
                case "connection_ack":
                    var payload = new { query, variables };
                    await SendAsync(
                        new
                        {
                            id = "1",
                            type = "subscribe",
                            payload,
                        },
                        cancellationToken
                    );
                    break;
                case "ping":
                    await SendAsync(new { type = "pong" }, cancellationToken);
                    break;
                case "next":
                    yield return message.GetProperty("payload");
                    break;
                case "error":
                    yield return JsonSerializer.SerializeToElement(new { errors = message.GetProperty("payload") });
                    yield break;
                case "complete":
                    yield break;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(object message, CancellationToken cancellationToken) =>
        socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message),
            WebSocketMessageType.Text,
            endOfMessage: true,
            cancellationToken
        );

    private async Task<JsonElement?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            await message.WriteAsync(buffer.AsMemory(0, part.Count), cancellationToken);
            if (part.EndOfMessage)
            {
                return JsonElement.Parse(message.ToArray());
            }
        }
    }
}
