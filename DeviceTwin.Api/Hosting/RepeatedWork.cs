namespace DeviceTwin.Api.Hosting;

/// <summary>
/// Work that is done again and again, by whichever process comes first to a row. A round that fails is tried again after a growing pause. That the
/// store is away is logged once; any other failure is one that the work itself should have dealt with, and is logged with its stack.
/// </summary>
/// <param name="name">The worker's name, for the log and for readiness.</param>
/// <param name="pause">The time between two rounds.</param>
/// <param name="progress">Notes that rounds begin and end.</param>
/// <param name="outage">Says of a failure why the store is unavailable, in one line; null where it is not.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public abstract partial class RepeatedWork(
    string name,
    TimeSpan pause,
    WorkerProgress progress,
    Func<Exception, string?> outage,
    TimeProvider clock,
    ILogger logger
) : BackgroundService
{
    private static readonly TimeSpan PauseLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogAgain = TimeSpan.FromMinutes(1);

    private int failures;
    private bool isStoreAway;
    private DateTimeOffset loggedAt = DateTimeOffset.MinValue;

    /// <summary>One round. Gives true when there is more to do at once.</summary>
    /// <param name="cancellationToken">Ends the round.</param>
    public abstract Task<bool> RunAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // A round that never ends, or always fails, is no progress; one that ends is.
            progress.HasWork(name);
            var hasMore = false;
            try
            {
                hasMore = await RunAsync(stoppingToken);
                Recover();
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                Fail(fault);
            }

            if (hasMore)
            {
                progress.Progressed(name);
                continue;
            }

            if (failures == 0)
            {
                progress.Idle(name);
            }

            await Task.Delay(NextPause(), clock, stoppingToken);
        }
    }

    private void Fail(Exception fault)
    {
        failures++;
        if (outage(fault) is { } reason)
        {
            if (!isStoreAway)
            {
                isStoreAway = true;
                LogStoreAway(name, reason);
            }
        }
        else if (clock.GetUtcNow() - loggedAt >= LogAgain)
        {
            loggedAt = clock.GetUtcNow();
            LogFailed(name, fault);
        }
    }

    private void Recover()
    {
        failures = 0;
        if (isStoreAway)
        {
            isStoreAway = false;
            LogRecovered(name);
        }
    }

    private TimeSpan NextPause()
    {
        var longest = pause > PauseLimit ? pause : PauseLimit;
        var next = pause * Math.Pow(2, Math.Min(failures, 16));
        return next < longest ? next : longest;
    }

    [LoggerMessage(LogLevel.Error, "The worker {Worker} waits for the store: {Reason}")]
    private partial void LogStoreAway(string worker, string reason);

    [LoggerMessage(LogLevel.Information, "The worker {Worker} works again.")]
    private partial void LogRecovered(string worker);

    [LoggerMessage(LogLevel.Error, "A round of the worker {Worker} failed and is tried again")]
    private partial void LogFailed(string worker, Exception fault);
}
