using System.Net;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Security;

/// <summary>Counts failed logins and what callers were denied, and says who and why within a <see cref="LineLimit"/>; never a token.</summary>
internal sealed partial class DenialLog
{
    private readonly ServiceCounters counters;
    private readonly ILogger<DenialLog> logger;
    private readonly LineLimit limit;

    /// <summary>Makes the log.</summary>
    /// <param name="counters">Counts them.</param>
    /// <param name="clock">Gives the seconds.</param>
    /// <param name="logger">Takes the lines.</param>
    public DenialLog(ServiceCounters counters, TimeProvider clock, ILogger<DenialLog> logger)
    {
        this.counters = counters;
        this.logger = logger;
        limit = new LineLimit(clock, LogLeftOut);
    }

    /// <summary>Somebody's credentials were not taken.</summary>
    /// <param name="address">Where they are.</param>
    /// <param name="reason">Why, in words of our own.</param>
    public void Refuse(IPAddress? address, string reason)
    {
        counters.CountLoginFailed();
        if (limit.TryTake())
        {
            LogRefused(address, reason);
        }
    }

    /// <summary>A caller asked for what their role may not.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="what">What they asked for.</param>
    public void Deny(Caller caller, string what)
    {
        counters.CountDenied();
        if (limit.TryTake())
        {
            LogDenied(VisibleText.Of(caller.Name), caller.Role, what);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Refused a caller at {Address}: {Reason}.")]
    private partial void LogRefused(IPAddress? address, string reason);

    [LoggerMessage(LogLevel.Warning, "Denied {Caller}, who is {Role}: {What}.")]
    private partial void LogDenied(string caller, Role role, string what);

    [LoggerMessage(LogLevel.Warning, "Refused or denied {Count} more within a second.")]
    private partial void LogLeftOut(int count);
}
