using GraphQL;
using GraphQL.Execution;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>Tells an answer of which nothing was executed, because the store cannot be used, from one that is there in part.</summary>
internal static class StoreOutages
{
    /// <summary>
    /// Makes a refused request of an answer that has nothing but errors of the store: no data, so that transports can say "not
    /// now" in their own way (HTTP 503). An answer with a single field of data stays as it is.
    /// </summary>
    /// <param name="result">The answer.</param>
    public static ExecutionResult Refuse(ExecutionResult result) =>
        result is { Executed: true, Streams: null, Errors: { Count: > 0 } errors }
        && errors.All(error => error.Code == ErrorCodes.StoreUnavailable)
        && IsEmpty(result.Data)
            ? new ExecutionResult { Operation = result.Operation, Errors = errors }
            : result;

    private static bool IsEmpty(object? data) =>
        data switch
        {
            null => true,
            RootExecutionNode root => root.SubFields?.All(IsNull) != false,
            _ => false,
        };

    private static bool IsNull(ExecutionNode node) =>
        node is NullExecutionNode || node.Result is null || node.ToValue() is null;
}
