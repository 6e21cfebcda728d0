using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>A query for rows by key that EF Core translates once: else, to look it up among those it knows costs more than to run it.</summary>
/// <param name="query">The query; its last parameter is the list of keys, only asked whether it contains something.</param>
/// <typeparam name="TKey">What rows are found by.</typeparam>
/// <typeparam name="TRow">What is found.</typeparam>
public sealed class CompiledQuery<TKey, TRow>(
    Expression<Func<TwinDbContext, IReadOnlyList<TKey>, IQueryable<TRow>>> query
)
{
    // PostgreSQL keeps a plan that expects ten keys where it is no dearer than one for the keys that it sees.
    private const int Enough = 16;

    private readonly PerModel<Func<TwinDbContext, IReadOnlyList<TKey>, IAsyncEnumerable<TRow>>> ofMany = new(() =>
        EF.CompileAsyncQuery(query)
    );

    private readonly PerModel<Func<TwinDbContext, TKey, IAsyncEnumerable<TRow>>> ofOne = new(() =>
        EF.CompileAsyncQuery(OneKey.Of<TKey, Func<TwinDbContext, TKey, IQueryable<TRow>>>(query))
    );

    /// <summary>Runs the query.</summary>
    /// <param name="context">The context; one of the rows' reading at a time.</param>
    /// <param name="keys">The keys.</param>
    public IAsyncEnumerable<TRow> Read(TwinDbContext context, IReadOnlyList<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys is [var key] ? ofOne.Of(context)(context, key) : ofMany.Of(context)(context, Padded(keys));
    }

    // To name a key again finds nothing more, and a plan that is made anew takes longer than a few rows.
    private static IReadOnlyList<TKey> Padded(IReadOnlyList<TKey> keys) =>
        keys.Count is 0 or >= Enough ? keys : [.. keys, .. Enumerable.Repeat(keys[^1], Enough - keys.Count)];
}
