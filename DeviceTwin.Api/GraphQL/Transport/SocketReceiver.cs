using System.Buffers;
using System.Net.WebSockets;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Reads whole messages from a WebSocket.</summary>
/// <param name="socket">The socket.</param>
/// <param name="limit">The largest message, in bytes.</param>
internal sealed class SocketReceiver(WebSocket socket, int limit)
{
    private const int FirstBuffer = 1024;

    /// <summary>Waits for the next message. A receive is never cancelled, as that would abort the socket.</summary>
    /// <returns>Its text; null when the client has closed the socket.</returns>
    /// <exception cref="SocketProtocolException">The message is binary or too large.</exception>
    /// <exception cref="WebSocketException">The connection is gone.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync()
    {
        // One buffer a message, made when it has begun: the first receive takes no byte. A silent socket holds no memory for what may come.
        ArrayBufferWriter<byte>? message = null;
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(
                message?.GetMemory() ?? Memory<byte>.Empty,
                CancellationToken.None
            );
            switch (received.MessageType)
            {
                case WebSocketMessageType.Close:
                    return null;
                case WebSocketMessageType.Binary:
                    throw new SocketProtocolException(SocketClosure.BadMessage("A message has to be text, not binary"));
            }

            message ??= new ArrayBufferWriter<byte>(FirstBuffer);
            message.Advance(received.Count);
            if (message.WrittenCount > limit)
            {
                throw new SocketProtocolException(SocketClosure.MessageTooBig(limit));
            }

            if (received.EndOfMessage)
            {
                return message.WrittenMemory;
            }
        }
    }
}
