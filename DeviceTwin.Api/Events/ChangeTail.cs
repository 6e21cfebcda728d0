using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Events;

/// <summary>
/// The one reader of the change log in this process: it looks at each commit of this process and, for those of others, once in
/// <c>change.poll</c>, and hands on what is new.
/// </summary>
/// <param name="log">The change log.</param>
/// <param name="feed">Gets what is new.</param>
/// <param name="commits">Tells of this process's commits.</param>
/// <param name="settings">The poll interval and how long changes are kept.</param>
/// <param name="progress">Notes that the log is read.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed partial class ChangeTail(
    ChangeLog log,
    ChangeFeed feed,
    CommitSignal commits,
    Settings settings,
    WorkerProgress progress,
    TimeProvider clock,
    ILogger<ChangeTail> logger
) : BackgroundService
{
    private const string Worker = "change-tail";
    private const int PageSize = 1_000;

    /// <summary>The first pause when a commit waits for an older transaction to end; each further one is twice as long.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    private ChangePosition position;
    private long? readAt;
    private bool isHeldBack;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var poll = settings.Change.Poll;
        var pause = poll;
        var wasTold = true;
        var isFailing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = commits.Next;
            progress.HasWork(Worker);
            try
            {
                await ReadAsync(stoppingToken);
                progress.Idle(Worker);
                pause = isHeldBack && wasTold ? Shorter(pause < poll ? pause * 2 : FirstPause, poll) : poll;
                isFailing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isFailing)
                {
                    LogFailed(exception);
                    isFailing = true;
                }

                pause = poll;
            }

            await next.WaitAsync(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wasTold = next.IsCompleted || pause < poll;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // What came while nothing was read for longer than changes are kept may be gone: the listeners see to it themselves.
        if (readAt is not { } last || clock.GetElapsedTime(last) >= settings.Change.Retention)
        {
            position = await log.NewestAsync(cancellationToken);
            feed.Start(position);
        }

        NextChanges next;
        do
        {
            var began = clock.GetTimestamp();
            // While changes wait for an older transaction one is enough to see whether they still do: thousands may wait.
            (next, position) = await log.NextAsync(position, isHeldBack ? 1 : PageSize, cancellationToken);
            if (next.Changes.Count > 0)
            {
                feed.Publish(next.Changes);
                position = ChangePosition.Of(next.Changes[^1]);
            }

            isHeldBack = next.IsHeldBack;
            readAt = began;
        } while (next.IsFull);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(Level = LogLevel.Error, Message = "The change log cannot be read; listeners wait until it can")]
    private partial void LogFailed(Exception exception);
}
