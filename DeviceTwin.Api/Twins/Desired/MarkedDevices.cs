using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Computes the sync status of devices that were marked, some at a time.</summary>
/// <param name="store">The store.</param>
/// <param name="syncStates">Computes it.</param>
/// <param name="workers">Isolate devices for which that fails.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class MarkedDevices(
    TwinStore store,
    SyncStates syncStates,
    Workers workers,
    TimeProvider clock,
    ILogger<MarkedDevices> logger
)
    : RepeatedWork(
        WorkerNames.StaleDevices,
        TimeSpan.FromMilliseconds(250),
        workers.Progress,
        StoreFault.Outage,
        clock,
        logger
    )
{
    private const int Batch = 200;
    private readonly TimeProvider clock = clock;
    private readonly WorkerItems items = workers.Of(WorkerNames.StaleDevices);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var excluded = (await items.ExcludedAsync(cancellationToken)).Ids();
        List<DueDevice> marked;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            marked = await SyncStatements.MarkedAsync(context, Batch, excluded, cancellationToken);
        }

        var computed = 0;
        await items.HandleAsync(
            marked,
            SyncFailures.Describe,
            async (some, token) =>
                computed += await store.WriteAsync((context, write) => ComputeAsync(context, some, write), token),
            cancellationToken,
            (device, fault, token) =>
                SyncFailures.NoteAsync(store, device.TwinId, fault, clock.GetUtcNow().UtcDateTime, token)
        );
        return computed > 0 && marked.Count == Batch;
    }

    private async Task<int> ComputeAsync(
        TwinDbContext context,
        IReadOnlyList<DueDevice> some,
        CancellationToken cancellationToken
    )
    {
        var marked = await SyncStatements.LockMarkedAsync(
            context,
            [.. some.Select(device => device.TwinId)],
            cancellationToken
        );
        long[] twinIds = [.. marked.Select(sync => sync.TwinId)];
        var devices = await context
            .Devices.AsNoTracking()
            .Where(device => twinIds.Contains(device.Id))
            .ToListAsync(cancellationToken);
        devices.ForEach(device => items.Reach(device.DeviceId));
        await syncStates.RefreshAsync(context, devices, ChangeKinds.Desired, cancellationToken);
        return marked.Count;
    }
}
