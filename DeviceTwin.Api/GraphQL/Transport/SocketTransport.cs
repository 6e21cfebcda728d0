using System.Net.WebSockets;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What every WebSocket works with.</summary>
internal sealed record SocketServices(
    RequestParser Parser,
    SocketFrames Frames,
    IConnectionAuthenticator Authenticator,
    IServiceScopeFactory Scopes,
    OpenConnections Connections,
    Settings Settings,
    TimeProvider Clock,
    ILogger<SocketTransport> Logger
);

/// <summary>Turns requests into WebSockets of the sub-protocol <c>graphql-transport-ws</c>.</summary>
internal sealed partial class SocketTransport(
    SocketServices services,
    HttpResponder responder,
    IHostApplicationLifetime lifetime
)
{
    private const string SubProtocol = "graphql-transport-ws";

    /// <summary>Serves one WebSocket until it ends.</summary>
    /// <param name="context">The request to upgrade.</param>
    public async Task HandleAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal)
        {
            await responder.WriteErrorAsync(context, refusal);
            return;
        }

        ReaderPace.LeaveToTransport(context);
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol, StringComparer.Ordinal))
        {
            // The protocol has a close code for it, which a client can read only once the socket is open.
            using WebSocket unusable = await context.WebSockets.AcceptWebSocketAsync();
            await SocketClosure.SubProtocolNotAcceptable.SendAsync(unusable);
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = SubProtocol, KeepAliveInterval = Timeout.InfiniteTimeSpan }
        );
        using IDisposable counted = services.Connections.CountSocket();
        using var connection = new SocketConnection(socket, context, services);
        await using CancellationTokenRegistration stop = lifetime.ApplicationStopping.Register(() =>
            connection.End(SocketClosure.ServiceStops)
        );
        SocketClosure closure = await connection.RunAsync();
        LogEnded(services.Logger, closure.Code, closure.Reason);
    }

    private static TransportError? Refusal(HttpContext context)
    {
        if (context.WebSockets.WebSocketRequestedProtocols.Count == 0)
        {
            return new(TransportError.BadRequest, $"Open the WebSocket with the sub-protocol `{SubProtocol}`.");
        }

        // Browsers let any site open a WebSocket to anywhere, without preflight, and this one carries mutations.
        // Applications outside a browser send no origin, or one that is no web page's.
        string origin = context.Request.Headers.Origin.ToString();
        bool isOtherSite =
            string.Equals(origin, "null", StringComparison.Ordinal)
            || (
                origin.StartsWith("http", StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(origin, UriKind.Absolute, out Uri? site)
                && !HostString.FromUriComponent(site).Equals(context.Request.Host)
            );
        return isOtherSite
            ? new(TransportError.Forbidden, $"A page of {origin} may not open a WebSocket here (CSRF).")
            : null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A WebSocket ended: {Code} {Reason}")]
    private static partial void LogEnded(ILogger logger, int? code, string reason);
}
