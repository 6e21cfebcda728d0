using System.Collections.Concurrent;
using System.Security.Claims;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The operations of one WebSocket, by the ids that the client gave them.</summary>
internal sealed class SocketOperations(
    IServiceScopeFactory services,
    SocketSender sender,
    SocketFrames frames,
    GraphQLSettings settings,
    OpenConnections connections,
    CallRates rates,
    ILogger logger
)
{
    // Most sockets have one operation, and there are many sockets: as these dictionaries come by default, each has places for 31.
    private const int Writers = 1;
    private const int Usual = 1;

    private readonly ConcurrentDictionary<string, SocketOperation> byId = new(Writers, Usual, StringComparer.Ordinal);

    // Also those that the client has completed and that are still on their way out.
    private readonly ConcurrentDictionary<SocketOperation, Task> running = new(Writers, Usual);

    /// <summary>Starts an operation. Called by the reading loop alone.</summary>
    /// <param name="id">The client's id.</param>
    /// <param name="request">What to run.</param>
    /// <param name="user">For whom.</param>
    /// <param name="source">Whose limits it counts for.</param>
    /// <param name="cancellationToken">Cancelled when the socket ends.</param>
    /// <exception cref="SocketProtocolException">The id is in use.</exception>
    public async Task StartAsync(
        string id,
        GraphQLRequest request,
        ClaimsPrincipal user,
        CallSource source,
        CancellationToken cancellationToken
    )
    {
        CheckIsFree(id);
        if (Refusal(source) is { } refusal)
        {
            await RefuseAsync(id, refusal, cancellationToken);
            return;
        }

        var operation = new SocketOperation(id, request, user, source, connections, sender, frames, settings, logger);
        byId[id] = operation;
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[operation] = RunAsync(id, operation, registered.Task);
        registered.SetResult();
    }

    /// <summary>Answers an operation that cannot be started with its own error.</summary>
    /// <param name="id">The client's id.</param>
    /// <param name="error">Why it cannot.</param>
    /// <param name="cancellationToken">Cancelled when the socket ends.</param>
    /// <exception cref="SocketProtocolException">The id is in use.</exception>
    public async Task RefuseAsync(string id, TransportError error, CancellationToken cancellationToken)
    {
        CheckIsFree(id);
        await sender.EnqueueAsync(frames.Error(id, [error]), isWanted: null, cancellationToken);
    }

    private void CheckIsFree(string id)
    {
        if (byId.ContainsKey(id))
        {
            throw new SocketProtocolException(SocketClosure.SubscriberExists(id));
        }
    }

    // Answered as the operation's own error: a close code would end the others, and most clients for good.
    private TransportError? Refusal(CallSource source)
    {
        if (rates.Refuse(source) is { } wait)
        {
            return new TransportError(CallRates.Code, CallRates.Explain(wait));
        }

        // An operation that was completed may take a while to notice; it must not keep out its successor, nor may such pile up.
        int limit = settings.SocketOperations;
        return byId.Count >= limit || running.Count >= 2 * limit
            ? new TransportError(
                TransportError.TooManyOperations,
                $"This socket has {limit} operations open (graphql.socket.operations)."
            )
            : null;
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
