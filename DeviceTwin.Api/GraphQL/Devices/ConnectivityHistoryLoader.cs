using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Data;
using GraphQL.DataLoader;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Loads the newest transitions of many devices at once.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">The largest page.</param>
public sealed class ConnectivityHistoryLoader(TwinStore store, Settings settings)
{
    private readonly KeyedLoaders<int, OfSize> bySize = new();

    /// <summary>Asks for a device's newest transitions.</summary>
    /// <param name="twinId">The twin.</param>
    /// <param name="first">How many at most.</param>
    public IDataLoaderResult<IReadOnlyList<ConnectivityChangeNode>> Load(long twinId, int? first)
    {
        var size = PageRequest.Read(first, null, null, null, settings.GraphQL).Size;
        return bySize.Get(size, () => new OfSize(store, size)).Load(twinId);
    }

    private sealed class OfSize(TwinStore store, int size) : ListLoader<long, ConnectivityChangeNode>
    {
        protected override async Task<ILookup<long, ConnectivityChangeNode>> FetchAsync(
            IReadOnlyList<long> keys,
            CancellationToken cancellationToken
        )
        {
            await using var context = await store.OpenAsync(cancellationToken);
            var changes = await context
                .ConnectivityChanges.AsNoTracking()
                .Where(change => keys.Contains(change.TwinId))
                .GroupBy(change => change.TwinId)
                .Select(group => group.OrderByDescending(change => change.Id).Take(size).ToList())
                .ToListAsync(cancellationToken);
            return changes
                .SelectMany(list => list)
                .ToLookup(
                    change => change.TwinId,
                    change => new ConnectivityChangeNode(change.Connectivity, change.At)
                );
        }
    }
}
