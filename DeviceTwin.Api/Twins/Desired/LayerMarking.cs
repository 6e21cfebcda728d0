using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Marks the devices of a group or model whose layer changed, some at a time, so that no change holds up the store.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class LayerMarking(TwinStore store, TimeProvider clock, ILogger<LayerMarking> logger)
    : RepeatedWork(TimeSpan.FromMilliseconds(250), clock, logger)
{
    private const int Batch = 1_000;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            if (!await context.DesiredLayers.AnyAsync(layer => layer.MarkedUpTo != null, cancellationToken))
            {
                return false;
            }
        }

        return await store.WriteAsync(MarkAsync, cancellationToken);
    }

    private static async Task<bool> MarkAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        if (await LayerStatements.LockMarkingAsync(context, cancellationToken) is not { } layer)
        {
            return false;
        }

        var twinIds = await LayerStatements
            .DevicesOf(context, layer)
            .Where(device => device.Id > layer.MarkedUpTo)
            .OrderBy(device => device.Id)
            .Take(Batch)
            .Select(device => device.Id)
            .ToArrayAsync(cancellationToken);
        await SyncStates.MarkAsync(context, twinIds, layer.UpdatedBy!, cancellationToken);
        var isDone = twinIds.Length < Batch;
        layer.MarkedUpTo = isDone ? null : twinIds[^1];
        layer.Unmarked = isDone ? 0 : Math.Max(0, layer.Unmarked - twinIds.Length);
        return true;
    }
}
