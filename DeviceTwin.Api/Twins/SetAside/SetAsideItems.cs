using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>Keeps the items that workers could not handle. All processes share them.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Gives the instants.</param>
public sealed class SetAsideItems(TwinStore store, TimeProvider clock)
{
    private const int ReasonLength = 1_000;

    /// <summary>Sets an item aside, or notes a further failure of one that is.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="item">The item.</param>
    /// <param name="fault">What the last try threw.</param>
    /// <param name="tries">How often it was tried.</param>
    /// <param name="firstFailedAt">When the first try failed (UTC).</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task AddAsync(
        string worker,
        FailedItem item,
        Exception fault,
        int tries,
        DateTime firstFailedAt,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            async (context, token) =>
            {
                var row = await context.SetAsideItems.SingleOrDefaultAsync(
                    row => row.Worker == worker && row.Key == item.Key,
                    token
                );
                if (row is null)
                {
                    row = new SetAsideItem
                    {
                        Worker = worker,
                        Key = item.Key,
                        OrganizationId = item.OrganizationId,
                        DeviceId = item.DeviceId,
                        Payload = item.Payload,
                        FirstFailedAt = firstFailedAt,
                        Reason = "",
                    };
                    context.Add(row);
                }

                row.Reason = ReasonOf(fault);
                row.Tries += tries;
                row.SetAsideAt = clock.GetUtcNow().UtcDateTime;
                row.RetryAt = null;
            },
            cancellationToken
        );

    /// <summary>The keys of a worker's items that are set aside: the worker leaves them out.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string[]> KeysAsync(string worker, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .SetAsideItems.Where(row => row.Worker == worker)
            .Select(row => row.Key)
            .ToArrayAsync(cancellationToken);
    }

    private static string ReasonOf(Exception fault)
    {
        var reason = StoreFault.Reason(fault).Replace("\0", "", StringComparison.Ordinal);
        return reason.Length > ReasonLength ? reason[..ReasonLength] : reason;
    }
}
