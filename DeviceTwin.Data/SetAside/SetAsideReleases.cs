using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.SetAside;

/// <summary>Gives set-aside items back to their workers, because what they are about has changed.</summary>
public static class SetAsideReleases
{
    /// <summary>Gives items back: they are tried again as if they had never failed.</summary>
    /// <param name="context">The context, in the transaction of the change.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="ids">The items' keys, as numbers.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task ReleaseAsync(
        TwinDbContext context,
        string[] workers,
        IReadOnlyCollection<long> ids,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count > 0)
        {
            string[] keys = [.. ids.Select(SetAsideItem.KeyOf)];
            await context
                .SetAsideItems.Where(item => workers.Contains(item.Worker))
                .Where(item => EF.Parameter(keys).Contains(item.Key))
                .ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Gives devices back to the presence worker that were heard after they were set aside: their silence is another one.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task ReleaseHeardAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Database.ExecuteSqlAsync(
            $"""
            delete from set_aside_item where worker = {WorkerNames.Presence} and exists (
              select 1 from device_heartbeat h
              where h.twin_id = cast(set_aside_item.key as bigint) and h.last_seen_at > set_aside_item.set_aside_at)
            """,
            cancellationToken
        );
    }
}
