using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>What people do with set-aside items.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Gives the instants.</param>
public sealed class SetAsideRequests(TwinStore store, TimeProvider clock)
{
    /// <summary>
    /// Has an item tried again, once: a row is left out by its worker no longer, a message is handled again soon. Gives the item as it was.
    /// </summary>
    /// <param name="organizationId">The organization; null where the item's is not known.</param>
    /// <param name="id">The item.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<SetAsideItem?> RetryAsync(string? organizationId, long id, CancellationToken cancellationToken) =>
        ChangeAsync(
            organizationId,
            id,
            (context, item) =>
            {
                if (item.Payload is null)
                {
                    context.Remove(item);
                }
                else
                {
                    item.RetryAt ??= StoredInstant.Of(clock.GetUtcNow().UtcDateTime);
                }
            },
            cancellationToken
        );

    /// <summary>
    /// Drops an item: a message is lost; a row is left out by its worker no longer, so that it is tried, and may be set aside, again. Gives the item as it was.
    /// </summary>
    /// <inheritdoc cref="RetryAsync"/>
    public Task<SetAsideItem?> DropAsync(string? organizationId, long id, CancellationToken cancellationToken) =>
        ChangeAsync(organizationId, id, (context, item) => context.Remove(item), cancellationToken);

    private Task<SetAsideItem?> ChangeAsync(
        string? organizationId,
        long id,
        Action<TwinDbContext, SetAsideItem> change,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            async (context, token) =>
            {
                var item = await context.SetAsideItems.SingleOrDefaultAsync(
                    item => item.Id == id && item.OrganizationId == organizationId,
                    token
                );
                if (item is not null)
                {
                    change(context, item);
                }

                return item;
            },
            cancellationToken
        );
}
