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

        var devices = await LayerStatements
            .DevicesOf(context, layer)
            .AsNoTracking()
            .Where(device => device.Id > layer.MarkedUpTo)
            .OrderBy(device => device.Id)
            .Take(Batch)
            .ToListAsync(cancellationToken);
        await SyncStates.MarkAsync(context, devices, layer.UpdatedBy!, cancellationToken);
        var isDone = devices.Count < Batch;
        layer.MarkedUpTo = isDone ? null : devices[^1].Id;
        layer.Unmarked = isDone ? 0 : Math.Max(0, layer.Unmarked - devices.Count);
        return true;
    }
}
