using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Retention;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins;

/// <summary>
/// Deletes what is older than it is kept, a batch at a time, and folds the ledger of fleet counts. A kind of rows that cannot be deleted keeps no other
/// from it.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="settings">How long things are kept.</param>
/// <param name="workers">Isolate kinds of rows that cannot be deleted.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class Retention(
    TwinStore store,
    Settings settings,
    Workers workers,
    TimeProvider clock,
    ILogger<Retention> logger
) : RepeatedWork(WorkerNames.Retention, TimeSpan.FromSeconds(30), workers.Progress, StoreFault.Outage, clock, logger)
{
    /// <summary>How long a device that does not tell who it is stays noted after its last heartbeat.</summary>
    private static readonly TimeSpan Enrollment = TimeSpan.FromDays(1);

    private const int Batch = 5_000;
    private readonly TimeProvider clock = clock;
    private readonly WorkerItems items = workers.Of(WorkerNames.Retention);

    // The names are keys of set-aside items: they are never changed.
    private readonly Kind[] kinds =
    [
        new("changes", () => settings.Change.Retention, RetentionStatements.DeleteChangesAsync),
        new("actions", () => settings.Action.Retention, RetentionStatements.DeleteActionsAsync),
        new("jobs", () => settings.Action.Retention, RetentionStatements.DeleteJobsAsync),
        new("presence", () => settings.Action.Retention, RetentionStatements.DeletePresenceAsync),
        new("enrollments", () => Enrollment, RetentionStatements.DeleteEnrollmentsAsync),
        new("set-aside", () => settings.Worker.SetAsideRetention, RetentionStatements.DeleteSetAsideItemsAsync),
        new("fleet-counts", () => default, FoldAsync),
    ];

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var excluded = await items.ExcludedAsync(cancellationToken);
        var isAnyFull = false;
        foreach (var kind in kinds.Where(kind => !excluded.Contains(kind.Name)))
        {
            await items.HandleAsync(
                [kind],
                one => new FailedItem(one.Name, OrganizationId: null, DeviceId: null),
                async (_, token) => isAnyFull |= await DeleteAsync(kind, now, token) >= Batch,
                cancellationToken
            );
        }

        return isAnyFull;
    }

    private Task<int> DeleteAsync(Kind kind, DateTime now, CancellationToken cancellationToken) =>
        store.WriteAsync(
            (context, token) =>
            {
                items.Reach(kind.Name);
                return kind.DeleteAsync(context, now - kind.Kept(), Batch, token);
            },
            cancellationToken
        );

    private static async Task<int> FoldAsync(
        TwinDbContext context,
        DateTime before,
        int most,
        CancellationToken cancellationToken
    )
    {
        await RetentionStatements.FoldFleetCountsAsync(context, cancellationToken);
        return 0;
    }

    /// <summary>A kind of rows.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Kept">How long its rows are kept.</param>
    /// <param name="DeleteAsync">Deletes rows from before an instant, so many at most, and gives how many went.</param>
    private sealed record Kind(
        string Name,
        Func<TimeSpan> Kept,
        Func<TwinDbContext, DateTime, int, CancellationToken, Task<int>> DeleteAsync
    );
}
