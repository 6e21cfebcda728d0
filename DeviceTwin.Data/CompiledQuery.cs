using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>
/// A query for what belongs to some keys of one scope, which EF Core reads once for each store and not with every call: that takes longer
/// than all else that it does for a few rows. A single key has a statement of its own (<see cref="OneKey"/>). Keep it in a static field.
/// </summary>
/// <param name="query">The query; the names of its parameters are those of the statement.</param>
/// <typeparam name="TScope">What the keys are unique in.</typeparam>
/// <typeparam name="TKey">A key.</typeparam>
/// <typeparam name="TRow">What is found.</typeparam>
public sealed class CompiledQuery<TScope, TKey, TRow>(
    Expression<Func<TwinDbContext, TScope, IReadOnlyList<TKey>, IQueryable<TRow>>> query
)
{
    private readonly PerModel<Func<TwinDbContext, TScope, IReadOnlyList<TKey>, IAsyncEnumerable<TRow>>> ofMany = new(
        () =>
            EF.CompileAsyncQuery(query)
    );

    private readonly PerModel<Func<TwinDbContext, TScope, TKey, IAsyncEnumerable<TRow>>> ofOne = new(() =>
        EF.CompileAsyncQuery(OneKey.Of<TKey, Func<TwinDbContext, TScope, TKey, IQueryable<TRow>>>(query))
    );

    /// <summary>Runs the query.</summary>
    /// <param name="context">The context; one of the rows' reading at a time.</param>
    /// <param name="scope">What the keys are unique in.</param>
    /// <param name="keys">The keys.</param>
    public IAsyncEnumerable<TRow> Read(TwinDbContext context, TScope scope, IReadOnlyList<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys is [var key] ? ofOne.Of(context)(context, scope, key) : ofMany.Of(context)(context, scope, keys);
    }
}

/// <summary>The same for keys that are unique by themselves.</summary>
/// <param name="query">The query; the names of its parameters are those of the statement.</param>
/// <typeparam name="TKey">A key.</typeparam>
/// <typeparam name="TRow">What is found.</typeparam>
public sealed class CompiledQuery<TKey, TRow>(
    Expression<Func<TwinDbContext, IReadOnlyList<TKey>, IQueryable<TRow>>> query
)
{
    private readonly PerModel<Func<TwinDbContext, IReadOnlyList<TKey>, IAsyncEnumerable<TRow>>> ofMany = new(() =>
        EF.CompileAsyncQuery(query)
    );

    private readonly PerModel<Func<TwinDbContext, TKey, IAsyncEnumerable<TRow>>> ofOne = new(() =>
        EF.CompileAsyncQuery(OneKey.Of<TKey, Func<TwinDbContext, TKey, IQueryable<TRow>>>(query))
    );

    /// <inheritdoc cref="CompiledQuery{TScope, TKey, TRow}.Read" />
    public IAsyncEnumerable<TRow> Read(TwinDbContext context, IReadOnlyList<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys is [var key] ? ofOne.Of(context)(context, key) : ofMany.Of(context)(context, keys);
    }
}
