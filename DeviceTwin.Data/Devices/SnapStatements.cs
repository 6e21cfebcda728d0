using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Devices;

/// <summary>Statements over the snaps of many devices. The change tracker, which keeps a copy of each row and compares it with every save, never sees these.</summary>
public static class SnapStatements
{
    private static readonly string[] Key = ["twin_id", "name"];

    /// <summary>Reads the snaps of devices.</summary>
    /// <param name="context">The context, in a transaction that holds the devices' rows.</param>
    /// <param name="twinIds">The twins: <see cref="Device.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<Snap>> ReadAsync(TwinDbContext context, long[] twinIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Snaps.AsNoTracking().Where(snap => twinIds.Contains(snap.TwinId)).ToListAsync(cancellationToken);
    }

    /// <summary>Writes snaps as they are given, whether their devices had them or not.</summary>
    /// <param name="context">The context, in a transaction that holds the devices' rows.</param>
    /// <param name="snaps">The snaps.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task StoreAsync(
        TwinDbContext context,
        IReadOnlyCollection<Snap> snaps,
        CancellationToken cancellationToken
    ) => ManyRows.StoreAsync(context, snaps, Key, cancellationToken);

    /// <summary>Removes snaps.</summary>
    /// <param name="context">The context, in a transaction that holds the devices' rows.</param>
    /// <param name="ids">Their <see cref="Snap.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task RemoveAsync(TwinDbContext context, long[] ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (ids.Length > 0)
        {
            await context.Snaps.Where(snap => ids.Contains(snap.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
