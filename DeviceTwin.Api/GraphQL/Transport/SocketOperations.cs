using System.Collections.Concurrent;
using System.Security.Claims;
using DeviceTwin.Api.Configuration;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The operations of one WebSocket, by the ids that the client gave them.</summary>
internal sealed class SocketOperations(
    IServiceScopeFactory services,
    SocketSender sender,
    SocketFrames frames,
    GraphQLSettings settings,
    OpenConnections connections,
    ILogger logger
)
{
    private readonly ConcurrentDictionary<string, SocketOperation> byId = new(StringComparer.Ordinal);

    // Also those that the client has completed and that are still on their way out.
    private readonly ConcurrentDictionary<SocketOperation, Task> running = new();

    /// <summary>Starts an operation. Called by the reading loop alone.</summary>
    /// <param name="id">The client's id.</param>
    /// <param name="request">What to run.</param>
    /// <param name="user">For whom.</param>
    /// <param name="cancellationToken">Cancelled when the socket ends.</param>
    /// <exception cref="SocketProtocolException">The id is in use.</exception>
    public async Task StartAsync(
        string id,
        GraphQLRequest request,
        ClaimsPrincipal user,
        CancellationToken cancellationToken
    )
    {
        if (byId.ContainsKey(id))
        {
            throw new SocketProtocolException(SocketClosure.SubscriberExists(id));
        }

        // An operation that was completed may take a while to notice; it must not keep out its successor, nor may such pile up.
        int limit = settings.SocketOperations;
        if (byId.Count >= limit || running.Count >= 2 * limit)
        {
            var error = new TransportError(
                TransportError.TooManyOperations,
                $"This socket has {limit} operations open (graphql.socket.operations)."
            );
            await sender.EnqueueAsync(frames.Error(id, [error]), isWanted: null, cancellationToken);
            return;
        }

        var operation = new SocketOperation(id, request, user, sender, frames, settings, logger);
        byId[id] = operation;
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[operation] = RunAsync(id, operation, registered.Task);
        registered.SetResult();
    }

    /// <summary>Ends an operation because its client said so. An id that is not known has just ended by itself.</summary>
    /// <param name="id">The client's id.</param>
    public void Complete(string id)
    {
        if (byId.TryRemove(id, out SocketOperation? operation))
        {
            operation.Stop();
        }
    }

    /// <summary>Ends all operations.</summary>
    /// <returns>When they have ended.</returns>
    public Task StopAsync()
    {
        foreach (SocketOperation operation in running.Keys)
        {
            operation.Stop();
        }

        return Task.WhenAll(running.Values);
    }

    private async Task RunAsync(string id, SocketOperation operation, Task registered)
    {
        await registered;
        using IDisposable counted = connections.CountSocketOperation();
        try
        {
            await operation.RunAsync(services, () => byId.TryRemove(new(id, operation)));
        }
        finally
        {
            byId.TryRemove(new(id, operation));
            running.TryRemove(operation, out _);
        }
    }
}
