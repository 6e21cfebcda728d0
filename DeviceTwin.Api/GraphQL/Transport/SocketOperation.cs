using System.Security.Claims;
using DeviceTwin.Api.Configuration;
using GraphQL;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>One operation on a WebSocket, from <c>subscribe</c> to its end.</summary>
internal sealed partial class SocketOperation(
    string id,
    GraphQLRequest request,
    ClaimsPrincipal user,
    SocketSender sender,
    SocketFrames frames,
    GraphQLSettings settings,
    ILogger logger
)
{
    private const AllowedOperations Everything =
        AllowedOperations.Query | AllowedOperations.Mutation | AllowedOperations.Subscription;

    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the operation: nothing of it is sent any more. May be called at any time, also twice.</summary>
    public void Stop() => stopped.TrySetResult();

    /// <summary>Runs the operation in a scope of its own until it ends or is stopped.</summary>
    /// <param name="services">Makes the scope.</param>
    /// <param name="leave">Called before the last message is sent, so that the client may use the id again.</param>
    public async Task RunAsync(IServiceScopeFactory services, Action leave)
    {
        // Not linked to the socket's token: such links stay in that token's list for as long as the socket lives.
        using var cancellation = new CancellationTokenSource();
        Task work = AnswerAsync(services, leave, cancellation.Token);
        if (await Task.WhenAny(work, stopped.Task) == stopped.Task)
        {
            await cancellation.CancelAsync();
        }

        await work;
    }

    private async Task AnswerAsync(IServiceScopeFactory services, Action leave, CancellationToken cancellationToken)
    {
        try
        {
            byte[] last;
            await using (AsyncServiceScope scope = services.CreateAsyncScope())
            {
                last = await ExecuteAsync(scope.ServiceProvider, cancellationToken);
            }

            leave();
            await sender.EnqueueAsync(last, stopped.Task, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has completed the operation, or the socket ends.
        }
    }

    /// <summary>Runs the request and sends its results; gives the message that ends it.</summary>
    private async Task<byte[]> ExecuteAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            var gate = new EventGate();
            IRequestExecutor executor = services.GetRequiredService<IRequestExecutor>();
            var operation = new OperationRequest(request, user, services, Everything) { Gate = gate };
            ExecutionResult result = await executor.ExecuteAsync(operation, cancellationToken);
            if (result.Stream() is { } stream)
            {
                await new SubscriptionPump(gate, settings.SendQueue).RunAsync(stream, SendAsync, cancellationToken);
            }
            else if (!result.Executed || result.IsSubscription())
            {
                return frames.Error(id, result.Errors ?? []);
            }
            else
            {
                await SendAsync(result, cancellationToken);
            }

            return frames.Complete(id);
        }
        catch (ExecutionError error)
        {
            return frames.Error(id, [error]);
        }
#pragma warning disable CA1031 // The executor answers with errors; whatever else comes is our fault, logged, and must not end the socket.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFault(logger, exception);
            return frames.Error(id, [new TransportError(TransportError.Internal, "A fault of the service.")]);
        }
    }

    private async Task SendAsync(ExecutionResult result, CancellationToken cancellationToken)
    {
        Task written = await sender.EnqueueAsync(frames.Next(id, result), stopped.Task, cancellationToken);
        await written.WaitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An operation on a WebSocket failed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
