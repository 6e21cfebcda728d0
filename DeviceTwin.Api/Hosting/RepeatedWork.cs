namespace DeviceTwin.Api.Hosting;

/// <summary>
/// Work that is done again and again, by whichever process comes first to a row. A round that fails (the store is away) is
/// logged once and tried again at the next.
/// </summary>
/// <param name="pause">The time between two rounds.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public abstract partial class RepeatedWork(TimeSpan pause, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>One round. Gives true when there is more to do at once.</summary>
    /// <param name="cancellationToken">Ends the round.</param>
    public abstract Task<bool> RunAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isFailing = false;
        while (true)
        {
            var hasMore = false;
            try
            {
                hasMore = await RunAsync(stoppingToken);
                isFailing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isFailing)
                {
                    LogFailed(GetType().Name, exception);
                    isFailing = true;
                }
            }

            if (!hasMore)
            {
                await Task.Delay(pause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Work} failed and is tried again")]
    private partial void LogFailed(string work, Exception exception);
}
