using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Marks the devices of a group or model whose layer changed, some at a time, so that no change holds up the store.</summary>
/// <param name="store">The store.</param>
/// <param name="workers">Isolate layers that cannot be handled.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class LayerMarking(TwinStore store, Workers workers, TimeProvider clock, ILogger<LayerMarking> logger)
    : RepeatedWork(
        WorkerNames.LayerMarking,
        TimeSpan.FromMilliseconds(250),
        workers.Progress,
        StoreFault.Outage,
        clock,
        logger
    )
{
    private const int Layers = 20;
    private const int Batch = 1_000;
    private readonly WorkerItems items = workers.Of(WorkerNames.LayerMarking);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var excluded = (await items.ExcludedAsync(cancellationToken)).Ids();
        List<MarkingLayer> marking;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            marking = await LayerStatements.MarkingAsync(context, Layers, excluded, cancellationToken);
        }

        var hasMarked = false;
        foreach (var layer in marking)
        {
            await items.HandleAsync(
                [layer],
                one => new FailedItem(SetAsideItem.KeyOf(one.Id), one.OrganizationId, DeviceId: null),
                async (_, token) =>
                    hasMarked |= await store.WriteAsync((context, write) => MarkAsync(context, layer, write), token),
                cancellationToken
            );
        }

        return hasMarked;
    }

    private async Task<bool> MarkAsync(TwinDbContext context, MarkingLayer marking, CancellationToken cancellationToken)
    {
        if (await LayerStatements.LockMarkingAsync(context, marking.Id, cancellationToken) is not { } layer)
        {
            return false;
        }

        items.Reach(layer.Name);
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
