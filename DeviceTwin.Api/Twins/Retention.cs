using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Retention;

namespace DeviceTwin.Api.Twins;

/// <summary>Lets go of what is older than it is to be kept, a batch at a time, and folds the ledger of fleet counts.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">How long things are kept.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class Retention(TwinStore store, Settings settings, TimeProvider clock, ILogger<Retention> logger)
    : RepeatedWork(TimeSpan.FromSeconds(30), clock, logger)
{
    /// <summary>How long a device that does not tell who it is stays noted after its last heartbeat.</summary>
    private static readonly TimeSpan Enrollment = TimeSpan.FromDays(1);

    private const int Batch = 5_000;
    private readonly TimeProvider clock = clock;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var deleted = await DeleteAsync(
            RetentionStatements.DeleteChangesAsync,
            now - settings.Change.Retention,
            cancellationToken
        );
        deleted += await DeleteAsync(
            RetentionStatements.DeleteActionsAsync,
            now - settings.Action.Retention,
            cancellationToken
        );
        deleted += await DeleteAsync(
            RetentionStatements.DeleteJobsAsync,
            now - settings.Action.Retention,
            cancellationToken
        );
        deleted += await DeleteAsync(
            RetentionStatements.DeletePresenceAsync,
            now - settings.Action.Retention,
            cancellationToken
        );
        deleted += await DeleteAsync(RetentionStatements.DeleteEnrollmentsAsync, now - Enrollment, cancellationToken);
        deleted += await DeleteAsync(
            RetentionStatements.DeleteSetAsideItemsAsync,
            now - settings.Worker.SetAsideRetention,
            cancellationToken
        );
        await store.WriteAsync(RetentionStatements.FoldFleetCountsAsync, cancellationToken);
        return deleted >= Batch;
    }

    private Task<int> DeleteAsync(
        Func<TwinDbContext, DateTime, int, CancellationToken, Task<int>> delete,
        DateTime before,
        CancellationToken cancellationToken
    ) => store.WriteAsync((context, token) => delete(context, before, Batch, token), cancellationToken);
}
