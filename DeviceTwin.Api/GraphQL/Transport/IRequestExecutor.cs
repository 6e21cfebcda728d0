using System.Security.Claims;
using GraphQL;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Runs one request against the schema, with all its limits.</summary>
public interface IRequestExecutor
{
    /// <summary>Runs a query, a mutation, or the set-up of a subscription.</summary>
    /// <remarks>
    /// An operation of a type that is not in <see cref="OperationRequest.Allowed"/> is answered, not executed, with a
    /// <see cref="global::GraphQL.Execution.RequestError"/> of code <see cref="TransportError.MethodNotAllowed"/>; setting
    /// <see cref="ExecutionResult.Operation"/> on that answer lets the transport tell a subscription from a mutation.
    /// The gate of the request (<see cref="OperationRequest.CreateUserContext"/>) has to be in the user context.
    /// </remarks>
    /// <param name="request">What to run, for whom.</param>
    /// <param name="cancellationToken">Cancelled when the caller is gone or the service stops.</param>
    /// <returns>The answer; for a subscription its stream in <see cref="ExecutionResult.Streams"/>.</returns>
    Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken);
}

/// <summary>One operation that a transport hands to the executor.</summary>
/// <param name="Request">The request as it came in.</param>
/// <param name="User">Who asks.</param>
/// <param name="Services">A scope that lives as long as the operation, a subscription's stream included.</param>
/// <param name="Allowed">The operation types that this transport may carry.</param>
public sealed record OperationRequest(
    GraphQLRequest Request,
    ClaimsPrincipal User,
    IServiceProvider Services,
    AllowedOperations Allowed
)
{
    /// <summary>Bounds how far a subscription's source may run ahead of its reader; always open for a single answer.</summary>
    public EventGate Gate { get; init; } = EventGate.AlwaysOpen;

    /// <summary>What the executor takes before it executes a subscription; null where nobody counts.</summary>
    public SubscriptionPlace? Place { get; init; }

    /// <summary>A user context that holds the gate, for <see cref="ExecutionOptions.UserContext"/>.</summary>
    /// <returns>A new dictionary; the executor may add to it.</returns>
    public Dictionary<string, object?> CreateUserContext() =>
        new(StringComparer.Ordinal) { [EventGate.UserContextKey] = Gate };
}

/// <summary>Types of operation that a transport may carry.</summary>
[Flags]
public enum AllowedOperations
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Queries.</summary>
    Query = 1,

    /// <summary>Mutations.</summary>
    Mutation = 2,

    /// <summary>Subscriptions.</summary>
    Subscription = 4,
}
