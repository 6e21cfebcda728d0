using System.Collections.ObjectModel;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Engine.Loading;

/// <summary>Loads the many things that belong to one key: a <see cref="BatchLoader{TKey, TValue}"/> of lists.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">What belongs to it.</typeparam>
public abstract class ListLoader<TKey, TValue>
    where TKey : notnull
{
    private readonly Lists lists;

    /// <summary>Makes the loader.</summary>
    protected ListLoader() => lists = new Lists(this);

    /// <summary>Asks for what belongs to this key; an empty list when nothing does.</summary>
    /// <param name="key">The key.</param>
    public IDataLoaderResult<IReadOnlyList<TValue>> Load(TKey key) =>
        lists.Load(key).Then(list => list ?? ReadOnlyCollection<TValue>.Empty);

    /// <summary>Fetches what belongs to these keys, in the order in which each list is to be.</summary>
    /// <param name="keys">Distinct keys, <see cref="BatchLoader{TKey, TValue}.ChunkSize"/> at most.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    protected abstract Task<ILookup<TKey, TValue>> FetchAsync(
        IReadOnlyList<TKey> keys,
        CancellationToken cancellationToken
    );

    private sealed class Lists(ListLoader<TKey, TValue> loader) : BatchLoader<TKey, IReadOnlyList<TValue>>
    {
        protected override async Task<IReadOnlyDictionary<TKey, IReadOnlyList<TValue>>> FetchAsync(
            IReadOnlyList<TKey> keys,
            CancellationToken cancellationToken
        ) =>
            (await loader.FetchAsync(keys, cancellationToken)).ToDictionary(
                group => group.Key,
                IReadOnlyList<TValue> (group) => [.. group]
            );
    }
}
