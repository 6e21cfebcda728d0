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

    /// <summary>The errors alone. A subscription that failed to start would otherwise say <c>"data": null</c>.</summary>
    /// <param name="result">The answer.</param>
    public static ExecutionResult ErrorsOnly(this ExecutionResult result) => new() { Errors = result.Errors };
}
