using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Engine.Loading;

/// <summary>
/// Loads things by key, all keys that one level of an operation asks for in one go. A feature derives one class a
/// question, registers it as scoped and takes it as <c>[FromServices]</c>: so there is one for each request, and one for
/// each event of a subscription. Nothing is remembered between batches.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">What is found by it.</typeparam>
public abstract class BatchLoader<TKey, TValue>
    where TKey : notnull
{
    /// <summary>How many keys one fetch gets at most.</summary>
    public const int ChunkSize = 1_000;

    private readonly Lock gate = new();
    private Batch? open;

    /// <summary>Asks for what has this key; the result is the type's default when nothing has.</summary>
    /// <param name="key">The key.</param>
    /// <returns>A result that a resolver hands to the engine, or awaits with <c>GetResultAsync</c>.</returns>
    public IDataLoaderResult<TValue?> Load(TKey key)
    {
        lock (gate)
        {
            open ??= new Batch(this);
            open.Keys.Add(key);
            return new Pending(open, key);
        }
    }

    /// <summary>Fetches what has these keys; keys that nothing has are left out.</summary>
    /// <param name="keys">Distinct keys, <see cref="ChunkSize"/> at most.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    protected abstract Task<IReadOnlyDictionary<TKey, TValue>> FetchAsync(
        IReadOnlyList<TKey> keys,
        CancellationToken cancellationToken
    );

    private sealed class Batch(BatchLoader<TKey, TValue> loader)
    {
        private Task<Dictionary<TKey, TValue>>? fetched;

        public HashSet<TKey> Keys { get; } = [];

        public Task<Dictionary<TKey, TValue>> FetchAsync(CancellationToken cancellationToken)
        {
            lock (loader.gate)
            {
                if (ReferenceEquals(loader.open, this))
                {
                    loader.open = null;
                }
                return fetched ??= Task.Run(() => FetchChunksAsync(cancellationToken), CancellationToken.None);
            }
        }

        private async Task<Dictionary<TKey, TValue>> FetchChunksAsync(CancellationToken cancellationToken)
        {
            var values = new Dictionary<TKey, TValue>(Keys.Count);
            foreach (var chunk in Keys.Chunk(ChunkSize))
            {
                foreach (var (key, value) in await loader.FetchAsync(chunk, cancellationToken))
                {
                    values[key] = value;
                }
            }
            return values;
        }
    }

    private sealed class Pending(Batch batch, TKey key) : IDataLoaderResult<TValue?>
    {
        public async Task<TValue?> GetResultAsync(CancellationToken cancellationToken = default) =>
            (await batch.FetchAsync(cancellationToken)).GetValueOrDefault(key);

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}
