using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using GraphQL.Execution;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>Logs what went wrong on our side and gives the caller its id instead.</summary>
/// <param name="logger">Where faults are logged.</param>
public sealed partial class FaultLog(ILogger<FaultLog> logger)
{
    // A failed batch fails every field that waits for it with the same exception: one entry, one id.
    private readonly ConditionalWeakTable<Exception, string> ids = [];

    /// <summary>Replaces the exception that a resolver threw by an <see cref="InternalError"/>.</summary>
    /// <param name="context">The engine's view of the fault.</param>
    public void Mask(UnhandledExceptionContext context)
    {
        var path = context.FieldContext is null ? "the request" : string.Join('.', context.FieldContext.Path);
        context.Exception = Record(context.OriginalException, path);
    }

    private InternalError Record(Exception exception, string path)
    {
        var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
        if (ids.TryAdd(exception, id))
        {
            LogFault(exception, id, path);
        }
        else if (ids.TryGetValue(exception, out var known))
        {
            id = known;
        }
        return new InternalError(id);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "GraphQL fault {FaultId} at {Path}")]
    private partial void LogFault(Exception exception, string faultId, string path);
}
