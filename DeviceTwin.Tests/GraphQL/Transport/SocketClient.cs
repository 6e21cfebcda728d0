using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>A client of <c>graphql-transport-ws</c> that does only what the test says.</summary>
internal sealed class SocketClient : IDisposable
{
    private readonly ClientWebSocket socket = new();

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public string? SubProtocol => socket.SubProtocol;

    /// <summary>The status with which the upgrade was answered.</summary>
    public HttpStatusCode Status => socket.HttpStatusCode;

    public static Task<SocketClient> OpenAsync(
        TransportHost host,
        string? subProtocol = "graphql-transport-ws",
        string? origin = null
    ) => OpenAsync(host.Address, subProtocol, origin);

    public static async Task<SocketClient> OpenAsync(
        Uri service,
        string? subProtocol = "graphql-transport-ws",
        string? origin = null,
        (string Name, string Value)? header = null
    )
    {
        var client = new SocketClient();
        client.socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        if (subProtocol is not null)
        {
            client.socket.Options.AddSubProtocol(subProtocol);
        }

        if (origin is not null)
        {
            client.socket.Options.SetRequestHeader("Origin", origin);
        }

        if (header is { } sent)
        {
            client.socket.Options.SetRequestHeader(sent.Name, sent.Value);
        }

        client.socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(service) { Scheme = "ws", Path = "/graphql" };
        using CancellationTokenSource limit = Limit();
        await client.socket.ConnectAsync(address.Uri, limit.Token);
        return client;
    }

    public static async Task<SocketClient> OpenAndInitialiseAsync(TransportHost host, string payload = "{}")
    {
        SocketClient client = await OpenAsync(host);
        await client.InitialiseAsync(payload);
        return client;
    }

    public async Task InitialiseAsync(string payload = "{}")
    {
        await SendAsync($$"""{"type":"connection_init","payload":{{payload}}}""");
        Assert.Equal("connection_ack", (await ReceiveAsync()).GetProperty("type").GetString());
    }

    public Task SendAsync(string text) => SendAsync(text, WebSocketMessageType.Text);

    public async Task SendAsync(string text, WebSocketMessageType type, bool endOfMessage = true)
    {
        using CancellationTokenSource limit = Limit();
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage, limit.Token);
    }

    public Task SubscribeAsync(string id, string query) =>
        SendAsync(
            JsonSerializer.Serialize(
                new
                {
                    id,
                    type = "subscribe",
                    payload = new { query },
                }
            )
        );

    public async Task<JsonElement> ReceiveAsync() =>
        await ReceiveTextAsync() is { } text
            ? JsonElement.Parse(text)
            : throw new InvalidOperationException($"Closed: {socket.CloseStatus} {socket.CloseStatusDescription}");

    /// <summary>Receives a message and gives its type, its id, and its text.</summary>
    public async Task<(string? Type, string? Id, string Payload)> ReceiveMessageAsync()
    {
        JsonElement message = await ReceiveAsync();
        return (
            message.GetProperty("type").GetString(),
            message.TryGetProperty("id", out JsonElement id) ? id.GetString() : null,
            message.TryGetProperty("payload", out JsonElement payload) ? payload.GetRawText() : string.Empty
        );
    }

    /// <summary>A ping of the client's and the service's answer: whatever came before was handled and written.</summary>
    public async Task RoundTripAsync()
    {
        await SendAsync("""{"type":"ping","payload":{"is":"roundtrip"}}""");
        while ((await ReceiveMessageAsync()).Type != "pong") { }
    }

    /// <summary>Reads until the service closes the socket, and answers with the client's own close frame.</summary>
    public async Task<(int Code, string? Reason)> ReceiveCloseAsync()
    {
        while (await ReceiveTextAsync() is not null) { }

        (int Code, string? Reason) closed = ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription);
        if (socket.State == WebSocketState.CloseReceived)
        {
            using CancellationTokenSource limit = Limit();
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, limit.Token);
        }

        return closed;
    }

    public async Task CloseAsync()
    {
        using CancellationTokenSource limit = Limit();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, limit.Token);
    }

    public void Abort() => socket.Abort();

    public void Dispose() => socket.Dispose();

    private static CancellationTokenSource Limit() => new(TimeSpan.FromSeconds(30));

    private async Task<string?> ReceiveTextAsync()
    {
        using CancellationTokenSource limit = Limit();
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            await message.WriteAsync(buffer.AsMemory(0, received.Count), limit.Token);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }
}
