using System.Collections.Concurrent;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>
/// Pages of a list that is read in one order, compiled for each size of page: PostgreSQL keeps the plan of a statement whose limit it knows, and
/// makes it anew each time, for longer than it runs, where the limit is a parameter. Keep it in a static field.
/// </summary>
/// <param name="query">The rows behind a place, in their order; of the context, what the list belongs to, and the place.</param>
/// <typeparam name="TRow">What is found.</typeparam>
public sealed class CompiledPages<TRow>(Expression<Func<TwinDbContext, string, string, IQueryable<TRow>>> query)
{
    private readonly PerModel<
        ConcurrentDictionary<int, Func<TwinDbContext, string, string, IAsyncEnumerable<TRow>>>
    > bySize = new(() => []);

    /// <summary>Reads one page.</summary>
    /// <param name="context">The context; one of the rows' reading at a time.</param>
    /// <param name="scope">What the list belongs to.</param>
    /// <param name="place">The place that the page is behind.</param>
    /// <param name="limit">How many rows at most. Each size is kept: bound what callers may ask for.</param>
    public IAsyncEnumerable<TRow> Read(TwinDbContext context, string scope, string place, int limit) =>
        bySize.Of(context).GetOrAdd(limit, Compile)(context, scope, place);

    private Func<TwinDbContext, string, string, IAsyncEnumerable<TRow>> Compile(int limit)
    {
        var page = Expression.Call(
            typeof(Queryable),
            nameof(Queryable.Take),
            [typeof(TRow)],
            query.Body,
            Expression.Constant(limit)
        );
        return EF.CompileAsyncQuery(
            Expression.Lambda<Func<TwinDbContext, string, string, IQueryable<TRow>>>(page, query.Parameters)
        );
    }
}
