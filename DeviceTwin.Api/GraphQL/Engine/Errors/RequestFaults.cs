using GraphQL;
using GraphQL.Execution;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>A fault of the caller that a resolver found: its message and code reach the caller as they are.</summary>
public sealed class CallerError : ExecutionError
{
    /// <summary>Makes the error.</summary>
    /// <param name="code">The value of <c>extensions.code</c>, in CONSTANT_CASE.</param>
    /// <param name="message">What to fix.</param>
    public CallerError(string code, string message)
        : base(message) => Code = code;
}

/// <summary>A request that is refused before anything of it is executed.</summary>
public sealed class RefusedRequestError : RequestError
{
    /// <summary>Makes the error.</summary>
    /// <param name="code">The value of <c>extensions.code</c>, in CONSTANT_CASE.</param>
    /// <param name="message">What to fix.</param>
    public RefusedRequestError(string code, string message)
        : base(message) => Code = code;
}

/// <summary>A fault of ours, as the caller sees it: no more than an id that finds it in the log.</summary>
public sealed class InternalError : ExecutionError
{
    /// <summary>Makes the error.</summary>
    /// <param name="id">The id under which the fault was logged.</param>
    public InternalError(string id)
        : base("Internal error")
    {
        Code = ErrorCodes.InternalError;
        Extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = id };
    }
}

/// <summary>The store cannot serve now, as the caller sees it: nothing of the store is named.</summary>
public sealed class StoreUnavailableError : ExecutionError
{
    /// <summary>Makes the error.</summary>
    public StoreUnavailableError()
        : base("The store cannot be used now. Try again later.") => Code = ErrorCodes.StoreUnavailable;
}
