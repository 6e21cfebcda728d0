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

    private sealed class Selected<TValue, TResult>(IDataLoaderResult<TValue> pending, Func<TValue, TResult> select)
        : IDataLoaderResult<TResult>
    {
        public async Task<TResult> GetResultAsync(CancellationToken cancellationToken = default) =>
            select(await pending.GetResultAsync(cancellationToken));

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}
