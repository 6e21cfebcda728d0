using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Works out the devices that were marked, some at a time.</summary>
/// <param name="store">The store.</param>
/// <param name="syncStates">Works them out.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class MarkedDevices(
    TwinStore store,
    SyncStates syncStates,
    TimeProvider clock,
    ILogger<MarkedDevices> logger
) : RepeatedWork(TimeSpan.FromMilliseconds(250), clock, logger)
{
    private const int Batch = 200;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            if (!await context.Syncs.AnyAsync(sync => sync.MarkedBy != null, cancellationToken))
            {
                return false;
            }
        }

        return await store.WriteAsync(WorkOutAsync, cancellationToken);
    }

    private async Task<bool> WorkOutAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        var marked = await SyncStatements.LockMarkedAsync(context, Batch, cancellationToken);
        long[] twinIds = [.. marked.Select(sync => sync.TwinId)];
        var devices = await context
            .Devices.AsNoTracking()
            .Where(device => twinIds.Contains(device.Id))
            .ToListAsync(cancellationToken);
        await syncStates.RefreshAsync(context, devices, ChangeKinds.Desired, cancellationToken);
        return marked.Count == Batch;
    }
}
