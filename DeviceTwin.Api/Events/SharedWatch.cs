namespace DeviceTwin.Api.Events;

/// <summary>Reads one thing again as its organization changes, for all who listen to it.</summary>
internal sealed partial class SharedWatch<TValue> : IDisposable
    where TValue : class
{
    private readonly Func<TValue?, CancellationToken, Task<TValue>> readAsync;
    private readonly Func<TValue, TValue> meanwhile;
    private readonly Func<TValue, TValue, bool> tellsTheSame;
    private readonly ChangeWatch changes;
    private readonly TimeSpan pause;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource ending = new();
    private volatile TaskCompletionSource next = New();
    private volatile TValue? newest;

    /// <summary>Begins to watch.</summary>
    public SharedWatch(
        Func<TValue?, CancellationToken, Task<TValue>> readAsync,
        Func<TValue, TValue> meanwhile,
        Func<TValue, TValue, bool> tellsTheSame,
        ChangeWatch changes,
        TimeSpan pause,
        TimeProvider clock,
        ILogger logger
    )
    {
        this.readAsync = readAsync;
        this.meanwhile = meanwhile;
        this.tellsTheSame = tellsTheSame;
        this.changes = changes;
        this.pause = pause;
        this.clock = clock;
        this.logger = logger;
        _ = RunAsync(ending.Token);
    }

    /// <summary>How many listen. Guarded by <see cref="SharedWatches{TKey, TValue}"/>.</summary>
    public int Listeners { get; set; }

    /// <summary>What was last told; null until it is read.</summary>
    public TValue? Newest => newest;

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
                    Tell(await readAsync(newest, cancellationToken));
                    changed = nextChange;
                }
                else
                {
                    Tell(meanwhile(newest));
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

            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(TValue value)
    {
        if (newest is not null && tellsTheSame(value, newest))
        {
            return;
        }

        newest = value;
        Interlocked.Exchange(ref next, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "What is listened to cannot be read; its listeners wait until it can"
    )]
    private partial void LogFailed(Exception exception);
}
