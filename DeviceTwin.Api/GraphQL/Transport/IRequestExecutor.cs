using System.Security.Claims;
using GraphQL;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What the transports hand their requests to: the engine, seen from outside.</summary>
public interface IRequestExecutor
{
    /// <summary>Executes one operation. Faults of the request are in the result's errors, never thrown.</summary>
    /// <param name="request">The operation and who asks for it.</param>
    /// <param name="cancellationToken">Cancelled when the caller has gone; then the task is cancelled, too.</param>
    Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken);
}

/// <summary>One operation as a transport received it.</summary>
/// <param name="Request">The GraphQL request.</param>
/// <param name="User">Who is calling.</param>
/// <param name="Services">The services that the operation's own scope is made from.</param>
/// <param name="Allowed">The kinds of operation that the transport may carry.</param>
public sealed record OperationRequest(
    GraphQLRequest Request,
    ClaimsPrincipal User,
    IServiceProvider Services,
    AllowedOperations Allowed
);

/// <summary>The kinds of operation that a transport may carry.</summary>
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
