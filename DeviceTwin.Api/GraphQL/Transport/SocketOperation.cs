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
    CallSource source,
    OpenConnections connections,
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
    /// <param name="leave">
    /// Called right before the last message is written, so that the client may use the id again when it reads it. False
    /// if the client has completed the operation in the meantime: the message could be taken for a new operation's.
    /// </param>
    public async Task RunAsync(IServiceScopeFactory services, Func<bool> leave)
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

    private async Task AnswerAsync(IServiceScopeFactory services, Func<bool> leave, CancellationToken cancellationToken)
    {
        try
        {
            byte[] last = await ExecuteAsync(services, cancellationToken);
            Task written = await sender.EnqueueAsync(last, leave, cancellationToken);
            await written.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has completed the operation, or the socket ends.
        }
    }

    /// <summary>Runs the request and sends its results; gives the message that ends it.</summary>
    private async Task<byte[]> ExecuteAsync(IServiceScopeFactory services, CancellationToken cancellationToken)
    {
        try
        {
            await using AsyncServiceScope scope = services.CreateAsyncScope();
            // Given back before the last message is written: whoever reads that may subscribe again.
            using SubscriptionPlace place = connections.PlaceFor(source);
            var gate = new EventGate();
            IRequestExecutor executor = scope.ServiceProvider.GetRequiredService<IRequestExecutor>();
            var operation = new OperationRequest(request, user, scope.ServiceProvider, Everything)
            {
                Gate = gate,
                Place = place,
            };
            ExecutionResult result = await executor.ExecuteAsync(operation, cancellationToken);
            if (result.Stream() is { } stream)
            {
                await new SubscriptionPump(gate, settings.SendQueue).RunAsync(stream, SendAsync, cancellationToken);
            }
            else if (result.HasFailed())
            {
                return frames.Error(id, result.Failure());
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
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFault(logger, exception);
            return frames.Error(id, [new TransportError(TransportError.Internal, "A fault of the service.")]);
        }
    }

    private async Task SendAsync(ExecutionResult result, CancellationToken cancellationToken)
    {
        byte[] next = frames.Next(id, result);
        Task written = await sender.EnqueueAsync(next, () => !stopped.Task.IsCompleted, cancellationToken);
        await written.WaitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An operation on a WebSocket failed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
