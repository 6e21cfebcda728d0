using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using GraphQL;
using Microsoft.AspNetCore.Http.Features;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Server-Sent Events as graphql-sse's distinct connections mode: one stream an operation.</summary>
internal sealed partial class EventStreamTransport(
    IGraphQLSerializer serializer,
    Settings settings,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    OpenConnections connections,
    ILogger<EventStreamTransport> logger
)
{
    /// <summary>Streams an answer, from its first event to <c>complete</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="result">The answer: a subscription's streams, or a result that becomes the only event.</param>
    /// <param name="gate">The gate that the subscription's source waits at.</param>
    public async Task AnswerAsync(HttpContext context, ExecutionResult result, EventGate gate)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            // The events would be the body.
            Start(context);
            return;
        }

        using IDisposable counted = connections.CountEventStream();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        using var writer = new EventStreamWriter(
            context.Response.BodyWriter,
            serializer,
            settings.GraphQL.SendTimeout,
            clock
        );
        Start(context);
        try
        {
            await StreamAsync(writer, result, gate, context.Features.Get<ConnectionIdentity>(), ending);
            await writer.CompleteAsync(context.RequestAborted);
        }
        catch (TimeoutException)
        {
            LogReaderTooSlow(logger, settings.GraphQL.SendTimeout);
            context.Abort();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader is gone.
        }
    }

    private static void Start(HttpContext context)
    {
        ReaderPace.LeaveToTransport(context);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = AcceptedFormats.ContentTypeOf(ResponseFormat.EventStream);
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private async Task StreamAsync(
        EventStreamWriter writer,
        ExecutionResult result,
        EventGate gate,
        ConnectionIdentity? identity,
        CancellationTokenSource ending
    )
    {
        if (result.Stream() is not { } stream)
        {
            await writer.NextAsync(result.ToSend(), ending.Token);
            return;
        }

        using var keepingAlive = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        Task keepAlive = KeepAliveAsync(writer, ending, keepingAlive.Token);
        using var pumping = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        Task<SocketClosure?> watching = WatchAsync(identity, pumping.CancelAsync, pumping.Token);
        try
        {
            var pump = new SubscriptionPump(gate, settings.GraphQL.SendQueue);
            // A frame that was begun is finished though the identity ends.
            await pump.RunAsync(stream, (next, _) => writer.NextAsync(next, ending.Token), pumping.Token);
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested && pumping.IsCancellationRequested)
        {
            string reason = (await watching)!.Reason;
            var error = new TransportError(
                TransportError.NotAuthenticated,
                $"{reason}. Subscribe again with a new one."
            );
            await writer.NextAsync(new ExecutionResult(error), ending.Token);
        }
        catch (ExecutionError error)
        {
            await writer.NextAsync(new ExecutionResult(error), ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader is gone, was found too slow, or the service stops; the caller of this method looks which.
        }
        finally
        {
            await pumping.CancelAsync();
            await watching;
            await keepingAlive.CancelAsync();
            await keepAlive;
        }
    }

    private async Task<SocketClosure?> WatchAsync(
        ConnectionIdentity? identity,
        Func<Task> stop,
        CancellationToken cancellationToken
    )
    {
        if (identity is null)
        {
            return null;
        }

        try
        {
            return await IdentityWatch.WhenEndedAsync(() => identity, clock, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            // Without its watch a stream must not go on.
            await stop();
        }
    }

    private async Task KeepAliveAsync(
        EventStreamWriter writer,
        CancellationTokenSource ending,
        CancellationToken cancellationToken
    )
    {
        using var timer = new PeriodicTimer(settings.GraphQL.KeepAlive, clock);
        try
        {
            do
            {
                await writer.CommentAsync(cancellationToken);
            } while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The stream has ended.
        }
        catch (TimeoutException)
        {
            await ending.CancelAsync();
            throw;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "An event stream is closed: its reader took nothing for {Timeout}"
    )]
    private static partial void LogReaderTooSlow(ILogger logger, TimeSpan timeout);
}
