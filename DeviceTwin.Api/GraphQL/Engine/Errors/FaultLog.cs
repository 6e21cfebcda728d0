using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using DeviceTwin.Data;
using GraphQL.Execution;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>Logs what went wrong on our side and gives the caller its id instead.</summary>
/// <param name="clock">Says when a period is over.</param>
/// <param name="logger">Where faults are logged.</param>
public sealed partial class FaultLog(TimeProvider clock, ILogger<FaultLog> logger)
{
    /// <summary>How often it is logged, at most, that the store cannot be used.</summary>
    internal static readonly TimeSpan OutagePeriod = TimeSpan.FromMinutes(1);

    // A failed batch fails every field that waits for it with the same exception: one entry, one id.
    private readonly ConditionalWeakTable<Exception, string> ids = [];
    private readonly Lock gate = new();
    private long? outageLoggedAt;
    private int refused;

    /// <summary>Replaces the exception that a resolver threw by an <see cref="InternalError"/> or a <see cref="StoreUnavailableError"/>.</summary>
    /// <param name="context">The engine's view of the fault.</param>
    public void Mask(UnhandledExceptionContext context)
    {
        if (StoreFault.IsUnavailable(context.OriginalException))
        {
            RecordOutage(context.OriginalException);
            context.Exception = new StoreUnavailableError();
            return;
        }

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

    // Every call fails while the store is away: one line a period, and no stack trace, which would say nothing more.
    private void RecordOutage(Exception exception)
    {
        int fields;
        lock (gate)
        {
            refused++;
            if (outageLoggedAt is { } last && clock.GetElapsedTime(last) < OutagePeriod)
            {
                return;
            }

            outageLoggedAt = clock.GetTimestamp();
            (fields, refused) = (refused, 0);
        }

        LogOutage(StoreFault.Reason(exception), fields);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "GraphQL fault {FaultId} at {Path}")]
    private partial void LogFault(Exception exception, string faultId, string path);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Callers are not answered, the store cannot be used: {Reason} {Fields} fields failed since the last such line."
    )]
    private partial void LogOutage(string reason, int fields);
}
