using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>
/// Rows that are read by the page: by key, never by offset, so that pages stay right while rows come and go. Each
/// statement runs in a context of its own, because fields of one operation are resolved in parallel.
/// </summary>
/// <typeparam name="TContext">The kind of context.</typeparam>
/// <typeparam name="T">A row: an entity or what the query projects to.</typeparam>
/// <param name="openAsync">Opens a context for reading.</param>
/// <param name="rows">All rows of the list, filtered but not ordered.</param>
/// <param name="order">Their order.</param>
/// <param name="columns">What is read of a row; null for all. What it is ordered by is among it.</param>
/// <param name="readForward">Reads the rows behind a place, or the first ones, in another way; null for none. The last is their greatest number.</param>
public sealed class KeysetQuery<TContext, T>(
    Func<CancellationToken, Task<TContext>> openAsync,
    Func<TContext, IQueryable<T>> rows,
    KeysetOrder<T> order,
    Expression<Func<T, T>>? columns = null,
    Func<TContext, IReadOnlyList<object?>?, int, IAsyncEnumerable<T>>? readForward = null
)
    where TContext : DbContext
{
    /// <summary>Reads one page: one statement, and one more for each of the page's answers that is asked for.</summary>
    /// <param name="request">Which page.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    /// <exception cref="Errors.CallerError">The cursor is not of this list and order.</exception>
    public async Task<Page<T>> ReadAsync(PageRequest request, CancellationToken cancellationToken)
    {
        var direction = request.IsBackward ? order.Reversed : order;
        var from = request.Cursor is null ? null : order.ReadCursor(request.Cursor);

        var found = await ReadRowsAsync(direction, from, request.Size + 1, cancellationToken);
        var hasMore = found.Count > request.Size;
        if (hasMore)
        {
            found.RemoveAt(found.Count - 1);
        }
        var origin = Origin(direction, from, found);
        if (request.IsBackward)
        {
            found.Reverse();
        }
        return new Page<T>(
            [.. found.Select(order.RowOf)],
            hasNext: request.IsBackward ? origin : _ => Task.FromResult(hasMore),
            hasPrevious: request.IsBackward ? _ => Task.FromResult(hasMore) : origin,
            CountAsync
        );
    }

    private async Task<List<T>> ReadRowsAsync(
        KeysetOrder<T> direction,
        IReadOnlyList<object?>? from,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await openAsync(cancellationToken);
        if (readForward is not null && ReferenceEquals(direction, order))
        {
            return await readForward(context, from, limit).ToListAsync(cancellationToken);
        }

        var behind = from is null ? rows(context) : rows(context).Where(direction.After(from));
        var page = direction.Apply(behind).Take(limit);
        return await (columns is null ? page : page.Select(columns)).ToListAsync(cancellationToken);
    }

    /// <summary>Whether there are rows on the side that the page was come to from.</summary>
    private Func<CancellationToken, Task<bool>> Origin(
        KeysetOrder<T> direction,
        IReadOnlyList<object?>? from,
        List<T> found
    )
    {
        if (from is null)
        {
            return _ => Task.FromResult(false);
        }
        var nearest = found.Count > 0 ? direction.PlaceOf(found[0]) : null;
        return async cancellationToken =>
        {
            // The cursor's own row may be gone: it is looked for, not assumed.
            var back = direction.Reversed;
            var before = nearest is null ? back.After(from, includePlace: true) : back.After(nearest);
            await using var context = await openAsync(cancellationToken);
            return await rows(context).AnyAsync(before, cancellationToken);
        };
    }

    private async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using var context = await openAsync(cancellationToken);
        return await rows(context).CountAsync(cancellationToken);
    }
}
