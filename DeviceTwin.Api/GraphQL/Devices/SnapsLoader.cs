using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using GraphQL;
using GraphQL.DataLoader;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Loads snaps by twin, by name: what is long in them, their configuration and services, only where it is asked for.</summary>
/// <param name="store">The store.</param>
public sealed class SnapsLoader(TwinStore store)
{
    private static readonly CompiledQuery<long, Snap> Whole = new(
        (context, twinIds) =>
            context.Snaps.AsNoTracking().Where(snap => twinIds.Contains(snap.TwinId)).OrderBy(snap => snap.Name)
    );

    private static readonly CompiledQuery<long, Snap> Short = new(
        (context, twinIds) =>
            context
                .Snaps.Where(snap => twinIds.Contains(snap.TwinId))
                .OrderBy(snap => snap.Name)
                .Select(snap => new Snap
                {
                    TwinId = snap.TwinId,
                    Name = snap.Name,
                    StoreSnapId = snap.StoreSnapId,
                    Version = snap.Version,
                    Revision = snap.Revision,
                    Channel = snap.Channel,
                    Confinement = snap.Confinement,
                    Status = snap.Status,
                    Devmode = snap.Devmode,
                    InstalledSize = snap.InstalledSize,
                    InstalledAt = snap.InstalledAt,
                })
    );

    private readonly Lists whole = new(store, Whole);
    private readonly Lists shortened = new(store, Short);

    /// <summary>Asks for a twin's snaps.</summary>
    /// <param name="twinId">The twin.</param>
    /// <param name="field">The field that gives them, or one of them.</param>
    public IDataLoaderResult<IReadOnlyList<SnapNode>> Load(long twinId, IResolveFieldContext field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var asksForLong = field.SubFields?.Values.Any(asked => asked.FieldType.Name is "config" or "services") == true;
        return (asksForLong ? whole : shortened).Load(twinId);
    }

    private sealed class Lists(TwinStore store, CompiledQuery<long, Snap> query) : ListLoader<long, SnapNode>
    {
        protected override async Task<ILookup<long, SnapNode>> FetchAsync(
            IReadOnlyList<long> keys,
            CancellationToken cancellationToken
        )
        {
            await using var context = await store.OpenAsync(cancellationToken);
            var snaps = await query.Read(context, keys).ToListAsync(cancellationToken);
            return snaps.ToLookup(snap => snap.TwinId, snap => new SnapNode(snap));
        }
    }
}
