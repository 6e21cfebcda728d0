namespace DeviceTwin.Api.Mqtt;

/// <summary>Counts rejected messages and says which and why, within a <see cref="LineLimit"/>.</summary>
internal sealed partial class RejectionLog
{
    private readonly ServiceCounters counters;
    private readonly ILogger<RejectionLog> logger;
    private readonly LineLimit limit;

    /// <summary>Makes the log.</summary>
    /// <param name="counters">Counts them.</param>
    /// <param name="clock">Gives the seconds.</param>
    /// <param name="logger">Takes the lines.</param>
    public RejectionLog(ServiceCounters counters, TimeProvider clock, ILogger<RejectionLog> logger)
    {
        this.counters = counters;
        this.logger = logger;
        limit = new LineLimit(clock, LogLeftOut);
    }

    /// <summary>Counts and logs a rejection.</summary>
    /// <param name="sender">The device's id as the topic names it; it may hold anything.</param>
    /// <param name="reason">Why, in one line.</param>
    public void Reject(string sender, string reason)
    {
        counters.CountRejected();
        if (limit.TryTake())
        {
            LogRejected(VisibleText.Of(sender), VisibleText.Of(reason));
        }
    }

    [LoggerMessage(LogLevel.Warning, "Rejected a message of {Sender}: {Reason}.")]
    private partial void LogRejected(string sender, string reason);

    [LoggerMessage(LogLevel.Warning, "Rejected {Count} more messages within a second.")]
    private partial void LogLeftOut(int count);
}
