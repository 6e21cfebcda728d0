namespace DeviceTwin.Api.GraphQL.Engine.Loading;

/// <summary>One loader for each way in which a field is asked for in a request: fields with the same arguments share a batch.</summary>
/// <typeparam name="TKey">The arguments.</typeparam>
/// <typeparam name="TLoader">The loader.</typeparam>
public sealed class KeyedLoaders<TKey, TLoader>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, TLoader> loaders = [];

    /// <summary>The loader for these arguments.</summary>
    /// <param name="key">The arguments.</param>
    /// <param name="make">Makes the loader where there is none yet.</param>
    public TLoader Get(TKey key, Func<TLoader> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        lock (gate)
        {
            if (!loaders.TryGetValue(key, out var loader))
            {
                loader = make();
                loaders.Add(key, loader);
            }

            return loader;
        }
    }
}
