using System.Net.WebSockets;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>One WebSocket that speaks <c>graphql-transport-ws</c>: what a client may say, when, and how it ends.</summary>
internal sealed class SocketConnection : IDisposable
{
    private static readonly TimeSpan ClosingGrace = TimeSpan.FromSeconds(2);

    private readonly WebSocket socket;
    private readonly HttpContext context;
    private readonly RequestParser parser;
    private readonly IConnectionAuthenticator authenticator;
    private readonly GraphQLSettings settings;
    private readonly OpenConnections connections;
    private readonly TimeProvider clock;
    private readonly SocketFrames frames;
    private readonly SocketSender sender;
    private readonly SocketOperations operations;
    private readonly SocketTimers timers;
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource<SocketClosure> ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private volatile ConnectionIdentity? identity;
    private Task watching = Task.CompletedTask;
    private CallSource source;
    private IDisposable? place;

    /// <summary>Begins to wait for <c>connection_init</c>.</summary>
    /// <param name="socket">The socket, accepted.</param>
    /// <param name="context">The request that it was.</param>
    /// <param name="services">What a connection works with.</param>
    public SocketConnection(WebSocket socket, HttpContext context, SocketServices services)
    {
        this.socket = socket;
        this.context = context;
        parser = services.Parser;
        authenticator = services.Authenticator;
        settings = services.Settings.GraphQL;
        connections = services.Connections;
        source = CallSource.Of(context);
        clock = services.Clock;
        frames = services.Frames;
        sender = new SocketSender(socket, settings.SendQueue, settings.SendTimeout, clock);
        operations = new SocketOperations(
            services.Scopes,
            sender,
            frames,
            settings,
            connections,
            services.Rates,
            services.Logger
        );
        timers = new SocketTimers(settings.SocketInit, clock, sender, End);
    }

    /// <summary>Ends the socket. The first reason counts.</summary>
    /// <param name="closure">Why.</param>
    public void End(SocketClosure closure) => ended.TrySetResult(closure);

    /// <summary>Serves the client until the socket has ended and everything that it held is free.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<SocketClosure> RunAsync()
    {
        Task writing = sender.RunAsync(End, ending.Token);
        Task reading = ReadAsync();
        SocketClosure closure = await ended.Task;
        timers.Dispose();
        await ending.CancelAsync();
        Task stopping = operations.StopAsync();
        Task closing = CloseAsync(closure, reading, writing);
        try
        {
            await closing.WaitAsync(ClosingGrace, clock);
        }
        catch (TimeoutException)
        {
            socket.Abort();
        }

        try
        {
            await Task.WhenAll(closing, reading, writing, stopping, watching);
        }
        finally
        {
            // The reading loop may have started one more while the others were being stopped.
            await operations.StopAsync();
        }

        return closure;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        timers.Dispose();
        ending.Dispose();
        place?.Dispose();
    }

    // A frame that was begun is finished before the close frame, and the client's own close frame is waited for: a
    // connection that is cut earlier may take the reason with it.
    private async Task CloseAsync(SocketClosure closure, Task reading, Task writing)
    {
        try
        {
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await closure.SendAsync(socket);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var dropped = new byte[1024];
            while (socket.State == WebSocketState.CloseSent)
            {
                await socket.ReceiveAsync(dropped.AsMemory(), CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The connection is gone, or was aborted because the client did not answer.
            socket.Abort();
        }
    }

    private async Task ReadAsync()
    {
        var receiver = new SocketReceiver(socket, settings.BodyLimit);
        try
        {
            while (await receiver.ReceiveAsync() is { } message && !ended.Task.IsCompleted)
            {
                await HandleAsync(SocketMessage.Parse(message.Span));
            }

            End(SocketClosure.Normal);
        }
        catch (SocketProtocolException exception)
        {
            End(exception.Closure);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Either the socket ends already, or this is the first to see it gone.
            End(SocketClosure.ConnectionLost);
        }
        finally
        {
            // Only if nothing above has said why: an exception that is our fault, which the host logs.
            End(SocketClosure.ServiceFault);
        }
    }

    private Task HandleAsync(SocketMessage message) =>
        message.Type switch
        {
            "connection_init" => InitialiseAsync(message),
            "ping" => sender.EnqueueAsync(frames.Pong(message.Payload), isWanted: null, ending.Token),
            "subscribe" => SubscribeAsync(message),
            "pong" => Done(timers.Pong),
            _ => Done(() => operations.Complete(message.Id)),
        };

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private async Task InitialiseAsync(SocketMessage message)
    {
        // The protocol knows no renewal; a second connection_init is one where there is something to renew.
        if (identity is { ExpiresAt: null })
        {
            throw new SocketProtocolException(SocketClosure.TooManyInitialisations);
        }

        timers.StopInitialisation();
        ConnectionIdentity recognised =
            await authenticator.AuthenticateAsync(context, message.Payload, ending.Token)
            ?? throw new SocketProtocolException(SocketClosure.Unauthorized);
        ConnectionIdentity? former = identity;
        if (former is not null && !Equals(former.Rights, recognised.Rights))
        {
            // What is open runs with the former rights.
            throw new SocketProtocolException(SocketClosure.RightsChanged);
        }

        source = CallSource.Of(context, recognised.User);
        place?.Dispose();
        place = connections.NameSocket(source);
        identity = recognised;
        await sender.EnqueueAsync(SocketFrames.ConnectionAck, isWanted: null, ending.Token);
        if (former is null)
        {
            timers.StartPings(settings.KeepAlive);
            watching = WatchIdentityAsync();
        }
    }

    private async Task WatchIdentityAsync()
    {
        try
        {
            End(await IdentityWatch.WhenEndedAsync(() => identity!, clock, ending.Token));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The socket ends for another reason.
        }
        finally
        {
            // Only if nothing has said why: without its watch a socket must not stay open.
            End(SocketClosure.ServiceFault);
        }
    }

    private Task SubscribeAsync(SocketMessage message)
    {
        if (identity is null)
        {
            throw new SocketProtocolException(SocketClosure.Unauthorized);
        }

        if (StrictJson.Check(message.Payload!.Value) is { } fault)
        {
            return operations.RefuseAsync(message.Id, new(TransportError.BadRequest, fault.Message), ending.Token);
        }

        try
        {
            GraphQLRequest request = parser.Parse(message.Payload!.Value);
            return operations.StartAsync(message.Id, request, identity.User, source, ending.Token);
        }
        catch (TransportError error)
        {
            throw new SocketProtocolException(SocketClosure.BadMessage(error.Message));
        }
    }
}
