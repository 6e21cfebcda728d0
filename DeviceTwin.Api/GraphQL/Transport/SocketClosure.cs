using System.Net.WebSockets;
using System.Text;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Why a WebSocket ends: the close code and the words that go with it.</summary>
/// <param name="Code">The close code; null where the connection is gone and nothing can be said.</param>
/// <param name="Reason">What the client reads.</param>
internal sealed record SocketClosure(int? Code, string Reason)
{
    private const int LongestReason = 123;

    /// <summary>The client is gone.</summary>
    public static readonly SocketClosure ConnectionLost = new(null, "Connection lost");

    /// <summary>The client has closed the socket.</summary>
    public static readonly SocketClosure Normal = new((int)WebSocketCloseStatus.NormalClosure, "Closed by the client");

    /// <summary>The service stops.</summary>
    public static readonly SocketClosure ServiceStops = new(
        (int)WebSocketCloseStatus.EndpointUnavailable,
        "The service stops"
    );

    /// <summary>A fault of the service.</summary>
    public static readonly SocketClosure ServiceFault = new(
        (int)WebSocketCloseStatus.InternalServerError,
        "Internal server error"
    );

    /// <summary>An operation came before <c>connection_init</c> was acknowledged, or the latter was refused.</summary>
    public static readonly SocketClosure Unauthorized = new(4401, "Unauthorized");

    /// <summary>The identity's time is over and it was not renewed.</summary>
    public static readonly SocketClosure IdentityExpired = new(4403, "Forbidden: the token has expired");

    /// <summary>The token was taken away, or it gives other rights now.</summary>
    public static readonly SocketClosure RightsChanged = new(4403, "Forbidden: the token or its rights have changed");

    /// <summary>Nobody can say now whether the caller is known: a client tries again later.</summary>
    public static readonly SocketClosure IdentityUnavailable = new(
        (int)WebSocketCloseStatus.EndpointUnavailable,
        "Credentials cannot be checked now"
    );

    /// <summary>The client speaks none of our sub-protocols.</summary>
    public static readonly SocketClosure SubProtocolNotAcceptable = new(4406, "Subprotocol not acceptable");

    /// <summary>No <c>connection_init</c> within <c>graphql.socket.init</c>.</summary>
    public static readonly SocketClosure InitialisationTimeout = new(4408, "Connection initialisation timeout");

    /// <summary>No <c>pong</c> before the next ping was due.</summary>
    public static readonly SocketClosure PingUnanswered = new(4408, "Ping unanswered");

    /// <summary>A frame was not taken for <c>graphql.send.timeout</c>.</summary>
    public static readonly SocketClosure ReaderTooSlow = new(4413, "Reader too slow");

    /// <summary>A second <c>connection_init</c> where there is nothing to renew.</summary>
    public static readonly SocketClosure TooManyInitialisations = new(4429, "Too many initialisation requests");

    /// <summary>The caller has <c>graphql.sockets.caller</c> open. Clients take 1013 as worth another try, unlike most codes.</summary>
    /// <param name="limit">The limit.</param>
    public static SocketClosure TooManySockets(int limit) =>
        new(1013, $"You have {limit} sockets open; try again later");

    /// <summary>A message that the protocol does not know.</summary>
    /// <param name="reason">What is wrong with it.</param>
    public static SocketClosure BadMessage(string reason) => new(4400, reason);

    /// <summary>An operation's id is in use.</summary>
    /// <param name="id">The id.</param>
    public static SocketClosure SubscriberExists(string id) => new(4409, $"Subscriber for {id} already exists");

    /// <summary>A message over <c>graphql.body.limit</c>.</summary>
    /// <param name="limit">The limit in bytes.</param>
    public static SocketClosure MessageTooBig(int limit) =>
        new((int)WebSocketCloseStatus.MessageTooBig, $"A message is larger than {limit} bytes");

    /// <summary>Sends the close frame.</summary>
    /// <param name="socket">The socket, nothing else being sent.</param>
    public Task SendAsync(WebSocket socket) =>
        Code is { } code && socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? socket.CloseOutputAsync((WebSocketCloseStatus)code, Shortened(), CancellationToken.None)
            : Task.CompletedTask;

    // RFC 6455 gives the reason 123 bytes.
    private string Shortened()
    {
        int length = 0;
        var shortened = new StringBuilder();
        foreach (Rune rune in Reason.EnumerateRunes())
        {
            length += rune.Utf8SequenceLength;
            if (length > LongestReason)
            {
                break;
            }

            shortened.Append(rune);
        }

        return shortened.ToString();
    }
}

/// <summary>What a client did ends its socket.</summary>
internal sealed class SocketProtocolException(SocketClosure closure) : Exception(closure.Reason)
{
    /// <summary>How the socket ends.</summary>
    public SocketClosure Closure => closure;
}
