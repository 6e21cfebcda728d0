namespace DeviceTwin.Api.Events;

/// <summary>Reads one organization's counts again as they change, at most once a second, for all who listen to it.</summary>
internal sealed partial class FleetWatch : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string organizationId;
    private readonly FleetSummaries summaries;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource ending = new();
    private readonly ChangeWatch changes;
    private volatile TaskCompletionSource next = New();
    private volatile FleetSummary? newest;

    /// <summary>Begins to watch.</summary>
    public FleetWatch(
        string organizationId,
        FleetSummaries summaries,
        ChangeFeed changes,
        TimeProvider clock,
        ILogger logger
    )
    {
        this.organizationId = organizationId;
        this.summaries = summaries;
        this.clock = clock;
        this.logger = logger;
        this.changes = changes.Watch(organizationId);
        _ = RunAsync(ending.Token);
    }

    /// <summary>How many listen. Guarded by <see cref="FleetSummaries"/>.</summary>
    public int Listeners { get; set; }

    /// <summary>The counts as they were last told; null until they are read.</summary>
    public FleetSummary? Newest => newest;

    /// <summary>Ends when <see cref="Newest"/> becomes another. Take it before looking.</summary>
    public Task Next => next.Task;

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        ending.Cancel();
        ending.Dispose();
        changes.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        // The first listener's thread goes on its way.
        await Task.Yield();
        var isFailing = false;
        var changed = Task.CompletedTask;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (newest is null || changed.IsCompleted)
                {
                    var nextChange = changes.Next;
                    Tell(await summaries.GetAsync(organizationId, cancellationToken));
                    changed = nextChange;
                }
                else
                {
                    Tell(summaries.WithPresentRate(newest));
                }

                isFailing = false;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (!isFailing)
                {
                    LogFailed(exception);
                    isFailing = true;
                }
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(FleetSummary summary)
    {
        if (newest is not null && summary.TellsTheSameAs(newest))
        {
            return;
        }

        newest = summary;
        Interlocked.Exchange(ref next, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The fleet's counts cannot be read; their listeners wait until they can"
    )]
    private partial void LogFailed(Exception exception);
}
