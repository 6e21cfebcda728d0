using System.Net.WebSockets;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What every WebSocket works with.</summary>
internal sealed record SocketServices(
    RequestParser Parser,
    SocketFrames Frames,
    IConnectionAuthenticator Authenticator,
    IServiceScopeFactory Scopes,
    OpenConnections Connections,
    CallRates Rates,
    Settings Settings,
    TimeProvider Clock,
    ILogger<SocketTransport> Logger
);

/// <summary>Turns requests into WebSockets of the sub-protocol <c>graphql-transport-ws</c>.</summary>
internal sealed partial class SocketTransport(
    SocketServices services,
    HttpResponder responder,
    AllowedOrigins origins,
    IHostApplicationLifetime lifetime
)
{
    private const string SubProtocol = "graphql-transport-ws";

    /// <summary>Serves one WebSocket until it ends.</summary>
    /// <param name="context">The request to upgrade.</param>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (Refusal(context) is { } refusal)
            {
                throw refusal;
            }

            using var counted = services.Connections.OpenSocket(CallSource.Of(context));
            await ServeAsync(context);
        }
        catch (TransportError error) when (!context.Response.HasStarted)
        {
            await responder.WriteErrorAsync(context, error);
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
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
        using var connection = new SocketConnection(socket, context, services);
        await using CancellationTokenRegistration stop = lifetime.ApplicationStopping.Register(() =>
            connection.End(SocketClosure.ServiceStops)
        );
        SocketClosure closure = await connection.RunAsync();
        LogEnded(services.Logger, closure.Code, closure.Reason);
    }

    private TransportError? Refusal(HttpContext context)
    {
        if (context.WebSockets.WebSocketRequestedProtocols.Count == 0)
        {
            return new(TransportError.BadRequest, $"Open the WebSocket with the sub-protocol `{SubProtocol}`.");
        }

        // Browsers let any site open a WebSocket to anywhere, without preflight, and this one carries mutations.
        return origins.Allow(context.Request)
            ? null
            : new(
                TransportError.Forbidden,
                $"A page of {context.Request.Headers.Origin} may not open a WebSocket here (CSRF, service.cors.origins)."
            );
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A WebSocket ended: {Code} {Reason}")]
    private static partial void LogEnded(ILogger logger, int? code, string reason);
}
