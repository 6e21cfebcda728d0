using GraphQL;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What the transports ask an answer.</summary>
internal static class ExecutionResultExtensions
{
    /// <summary>Whether this is the answer to a subscription, be it a stream or the failure to set one up.</summary>
    /// <param name="result">The answer.</param>
    public static bool IsSubscription(this ExecutionResult result) =>
        result.Streams is not null || result.Operation?.Operation == OperationType.Subscription;

    /// <summary>The stream of a subscription that was set up, else null.</summary>
    /// <param name="result">The answer.</param>
    public static IObservable<ExecutionResult>? Stream(this ExecutionResult result) =>
        result.Streams?.Values.FirstOrDefault();

    /// <summary>Whether there is nothing but errors to send: it was not executed, or is a subscription that did not start.</summary>
    /// <param name="result">The answer.</param>
    public static bool HasFailed(this ExecutionResult result) =>
        result.Streams is null && (!result.Executed || result.IsSubscription());

    /// <summary>
    /// The errors of an operation that has failed: at least one. Clients take an empty list for a broken protocol; graphql-ws
    /// closes the socket for all other operations on it. Every transport takes the errors of a failure from here.
    /// </summary>
    /// <param name="result">The answer.</param>
    public static ExecutionErrors Failure(this ExecutionResult result) =>
        result.Errors is { Count: > 0 } errors
            ? errors
            : [new TransportError(TransportError.Internal, "The operation was not executed, and no reason is known.")];

    /// <summary>
    /// The answer as it is sent. A failure is its errors alone: with them a subscription that failed to start would say
    /// <c>"data": null</c>.
    /// </summary>
    /// <param name="result">The answer.</param>
    public static ExecutionResult ToSend(this ExecutionResult result) =>
        result.HasFailed() ? new() { Errors = result.Failure(), Extensions = result.Extensions } : result;
}
