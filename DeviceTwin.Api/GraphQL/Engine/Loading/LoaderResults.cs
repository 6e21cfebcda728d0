using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Engine.Loading;

/// <summary>What can be done with a pending result.</summary>
public static class LoaderResults
{
    /// <summary>The result, made into something else once it is there; e.g. an entity into its GraphQL type.</summary>
    /// <param name="pending">The pending result.</param>
    /// <param name="select">Makes something of it.</param>
    public static IDataLoaderResult<TResult> Then<TValue, TResult>(
        this IDataLoaderResult<TValue> pending,
        Func<TValue, TResult> select
    ) => new Selected<TValue, TResult>(pending, select);

    /// <summary>Two results, made into one thing once both are there; both batches are open until then.</summary>
    /// <param name="pending">The pending result.</param>
    /// <param name="other">The other.</param>
    /// <param name="combine">Makes something of the two.</param>
    public static IDataLoaderResult<TResult> With<TValue, TOther, TResult>(
        this IDataLoaderResult<TValue> pending,
        IDataLoaderResult<TOther> other,
        Func<TValue, TOther, TResult> combine
    ) => new Combined<TValue, TOther, TResult>(pending, other, combine);

    private sealed class Combined<TValue, TOther, TResult>(
        IDataLoaderResult<TValue> pending,
        IDataLoaderResult<TOther> other,
        Func<TValue, TOther, TResult> combine
    ) : IDataLoaderResult<TResult>
    {
        public async Task<TResult> GetResultAsync(CancellationToken cancellationToken = default) =>
            combine(await pending.GetResultAsync(cancellationToken), await other.GetResultAsync(cancellationToken));

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }

    private sealed class Selected<TValue, TResult>(IDataLoaderResult<TValue> pending, Func<TValue, TResult> select)
        : IDataLoaderResult<TResult>
    {
        public async Task<TResult> GetResultAsync(CancellationToken cancellationToken = default) =>
            select(await pending.GetResultAsync(cancellationToken));

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}
