using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.SetAside;

/// <inheritdoc cref="ISetAsideItems"/>
/// <param name="store">The store.</param>
/// <param name="settings">How many messages of a device are kept.</param>
/// <param name="report">Logs and counts them.</param>
/// <param name="clock">Gives the instants.</param>
public sealed class SetAsideItems(TwinStore store, Settings settings, SetAsideReport report, TimeProvider clock)
    : ISetAsideItems
{
    private const int ReasonLength = 1_000;

    /// <inheritdoc/>
    public async Task AddAsync(
        string worker,
        FailedItem item,
        Exception fault,
        int tries,
        DateTime firstFailedAt,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(item);
        var dropped = 0;
        await store.WriteAsync(
            async (context, token) =>
            {
                await AddAsync(context, worker, item, fault, tries, firstFailedAt, token);
                dropped = item is { Payload: not null, DeviceId: { } deviceId }
                    ? await SetAsideStatements.DropOldestAsync(
                        context,
                        deviceId,
                        settings.Worker.SetAsideLimit - 1,
                        token
                    )
                    : 0;
            },
            cancellationToken
        );
        report.Added(worker, item, ReasonOf(fault));
        report.Dropped(dropped);
    }

    /// <summary>Sets an item aside in a transaction of the caller's, as a part of other work. It is logged and counted before the commit.</summary>
    /// <param name="context">The context, in the transaction.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="item">The item.</param>
    /// <param name="fault">What the try threw.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AddWithinAsync(
        TwinDbContext context,
        string worker,
        FailedItem item,
        Exception fault,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await AddAsync(context, worker, item, fault, tries: 1, now, cancellationToken);
        report.Added(worker, item, ReasonOf(fault));
    }

    private async Task AddAsync(
        TwinDbContext context,
        string worker,
        FailedItem item,
        Exception fault,
        int tries,
        DateTime firstFailedAt,
        CancellationToken cancellationToken
    )
    {
        var row = await context.SetAsideItems.SingleOrDefaultAsync(
            row => row.Worker == worker && row.Key == item.Key,
            cancellationToken
        );
        if (row is null)
        {
            row = new SetAsideItem
            {
                Worker = worker,
                Key = item.Key,
                OrganizationId =
                    item.OrganizationId
                    ?? await context
                        .Devices.Where(device => device.DeviceId == item.DeviceId)
                        .Select(device => device.OrganizationId)
                        .SingleOrDefaultAsync(cancellationToken),
                DeviceId = item.DeviceId,
                Payload = item.Payload,
                FirstFailedAt = StoredInstant.Of(firstFailedAt),
                Reason = "",
            };
            context.Add(row);
        }

        Note(row, fault, tries);
    }

    /// <inheritdoc/>
    public async Task<string[]> KeysAsync(string worker, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .SetAsideItems.Where(row => row.Worker == worker)
            .Select(row => row.Key)
            .ToArrayAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SetAsideItem>> ClaimRetriesAsync(
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using (var reader = await store.OpenAsync(cancellationToken))
        {
            // Nearly always there is nothing, and then no transaction is needed.
            if (!await reader.SetAsideItems.AnyAsync(row => row.RetryAt <= now, cancellationToken))
            {
                return [];
            }
        }

        return await store.WriteAsync<IReadOnlyList<SetAsideItem>>(
            async (context, token) =>
            {
                var rows = await SetAsideStatements.LockRetriesAsync(context, now, most, token);
                rows.ForEach(row => row.RetryAt = StoredInstant.Of(now + lease));
                return rows;
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task RemoveAsync(SetAsideItem item, CancellationToken cancellationToken) =>
        store.WriteAsync(
            (context, token) => context.SetAsideItems.Where(row => row.Id == item.Id).ExecuteDeleteAsync(token),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task FailRetryAsync(SetAsideItem item, Exception fault, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async (context, token) =>
            {
                if (await context.SetAsideItems.SingleOrDefaultAsync(row => row.Id == item.Id, token) is { } row)
                {
                    Note(row, fault, tries: 1);
                }
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        report.Kept(await context.SetAsideItems.LongCountAsync(cancellationToken));
    }

    private void Note(SetAsideItem row, Exception fault, int tries)
    {
        row.Reason = ReasonOf(fault);
        row.Tries += tries;
        row.SetAsideAt = StoredInstant.Of(clock.GetUtcNow().UtcDateTime);
        row.RetryAt = null;
    }

    private static string ReasonOf(Exception fault)
    {
        var reason = StoreFault.Reason(fault).Replace("\0", "", StringComparison.Ordinal);
        return reason.Length > ReasonLength ? reason[..ReasonLength] : reason;
    }
}
