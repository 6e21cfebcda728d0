using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Events;
using DeviceTwin.Data.Changes;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeviceTwin.Tests.Events;

/// <summary>What one process of the service keeps for its listeners, with a running tail.</summary>
internal sealed class EventProcess : IAsyncDisposable
{
    private readonly ChangeTail tail;

    private EventProcess(TestStore store, TimeSpan poll)
    {
        var settings = new Settings { Change = { Poll = poll } };
        Log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        Feed = new ChangeFeed(Log);
        tail = new ChangeTail(
            Log,
            Feed,
            store.Commits,
            settings,
            new WorkerProgress(TimeProvider.System),
            TimeProvider.System,
            Logger
        );
    }

    public ChangeLog Log { get; }

    public ChangeFeed Feed { get; }

    public CountingLogger<ChangeTail> Logger { get; } = new();

    public static async Task<EventProcess> StartAsync(TestStore store, TimeSpan? poll = null)
    {
        var process = new EventProcess(store, poll ?? TimeSpan.FromMilliseconds(50));
        await process.tail.StartAsync(CancellationToken.None);
        // The host does not wait for the tail's first read; a listener does.
        await process.Feed.BeginAsync(after: null, CancellationToken.None);
        return process;
    }

    public async Task<IAsyncEnumerable<TwinChange>> SubscribeAsync(ChangeFilter filter, ChangePosition? after) =>
        Feed.ReadAsync(filter, await Feed.BeginAsync(after, CancellationToken.None), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await tail.StopAsync(CancellationToken.None);
        tail.Dispose();
    }
}

/// <summary>Counts the errors that are logged.</summary>
internal sealed class CountingLogger<TCategory> : ILogger<TCategory>
{
    private int errors;

    public int Errors => Volatile.Read(ref errors);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel >= LogLevel.Error)
        {
            Interlocked.Increment(ref errors);
        }
    }
}

/// <summary>Rows of the change log, and readers of it.</summary>
internal static class Some
{
    public static readonly DateTime Instant = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TwinChange Change(
        string device,
        string organization = "acme",
        ChangeKinds kinds = ChangeKinds.Tags,
        DateTime? at = null
    ) =>
        new()
        {
            OrganizationId = organization,
            DeviceId = device,
            Kinds = kinds,
            At = at ?? Instant,
            By = TwinChange.ByService,
        };

    /// <summary>Commits changes in one transaction.</summary>
    public static Task WriteAsync(this TestStore store, params TwinChange[] changes) =>
        store.Store.WriteAsync(
            (context, _) =>
            {
                context.AddRange(changes);
                return Task.CompletedTask;
            },
            CancellationToken.None
        );

    /// <summary>Commits changes and waits until they can be read: other tests' open transactions on the same server hold them back.</summary>
    public static async Task WriteSettledAsync(this TestStore store, params TwinChange[] changes)
    {
        await store.WriteAsync(changes);
        await store.SettleAsync();
    }

    /// <summary>Waits until all that is committed can be read.</summary>
    public static async Task SettleAsync(this TestStore store)
    {
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var newest = await log.NewestAsync(CancellationToken.None);
                return !(await log.NextAsync(newest, 1, CancellationToken.None)).Next.IsHeldBack;
            },
            "older transactions end"
        );
    }

    /// <summary>Reads the next items; fails when they do not come.</summary>
    public static async Task<List<TItem>> NextAsync<TItem>(this IAsyncEnumerable<TItem> items, int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        var read = new List<TItem>(count);
        await foreach (var item in items.WithCancellation(limit.Token))
        {
            read.Add(item);
            if (read.Count == count)
            {
                break;
            }
        }

        return read;
    }

    public static IEnumerable<string> Devices(this IEnumerable<TwinChange> changes) =>
        changes.Select(change => change.DeviceId);
}
