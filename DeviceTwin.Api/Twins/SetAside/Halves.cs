using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>Handles items together, and finds those that fail by halves, so that the others are handled without them.</summary>
public static class Halves
{
    /// <summary>
    /// Handles items. Throws only when the store is away (<see cref="StoreFault.IsUnavailable"/>), when it is cancelled, or what <paramref name="fail"/> throws.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="handle">Handles items in one transaction: all of them, or none.</param>
    /// <param name="fail">Takes an item that fails by itself, with what it threw.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public static async Task HandleAsync<T>(
        IReadOnlyList<T> items,
        Func<IReadOnlyList<T>, CancellationToken, Task> handle,
        Func<T, Exception, CancellationToken, Task> fail,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentNullException.ThrowIfNull(fail);
        if (items.Count == 0)
        {
            return;
        }

        Exception fault;
        try
        {
            await handle(items, cancellationToken);
            return;
        }
        catch (Exception own) when (!cancellationToken.IsCancellationRequested && !StoreFault.IsUnavailable(own))
        {
            fault = own;
        }

        if (items.Count == 1)
        {
            await fail(items[0], fault, cancellationToken);
            return;
        }

        var half = items.Count / 2;
        await HandleAsync([.. items.Take(half)], handle, fail, cancellationToken);
        await HandleAsync([.. items.Skip(half)], handle, fail, cancellationToken);
    }
}
