using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using GraphQL.DataLoader;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>Reads the actions of devices: first pages of many devices in one statement, later pages one by one.</summary>
/// <param name="store">The store.</param>
/// <param name="reader">Reads later pages.</param>
public sealed class DeviceActionsReader(TwinStore store, ActionReader reader)
{
    // Fields with the same arguments are the same field, or ask for the same: they share a batch.
    private readonly KeyedLoaders<(Rows, int), FirstPages> pages = new();
    private readonly KeyedLoaders<Rows, Counts> counts = new();
    private readonly ActionFilterInput everything = new();

    /// <summary>A page of a device's actions.</summary>
    /// <param name="device">The device; the caller sees it.</param>
    /// <param name="where">Which actions.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="caller">Who asks.</param>
    public IDataLoaderResult<ActionsConnection> Read(
        Device device,
        ActionFilterInput? where,
        int? first,
        string? after,
        Caller caller
    )
    {
        ArgumentNullException.ThrowIfNull(device);
        var request = reader.Page(first, after);
        if (after is not null)
        {
            return new LaterPage(token =>
                reader.ReadAsync(
                    context =>
                        caller
                            .ActionsOfDevices(context, device.OrganizationId)
                            .Where(action => action.DeviceId == device.DeviceId),
                    where,
                    request,
                    token
                )
            );
        }

        var rows = new Rows(caller, device.OrganizationId, where ?? everything);
        var loader = pages.Get((rows, request.Size), () => new FirstPages(store, rows, request.Size + 1));
        return loader
            .Load(device.DeviceId)
            .Then(actions => new ActionsConnection(
                Page<DeviceAction>
                    .First(actions, request.Size, ActionReader.NewestFirst)
                    .Select(action => new ActionNode(action)),
                () => counts.Get(rows, () => new Counts(store, rows)).Load(device.DeviceId)
            ));
    }

    private sealed class FirstPages(TwinStore store, Rows rows, int most) : ListLoader<string, DeviceAction>
    {
        protected override async Task<ILookup<string, DeviceAction>> FetchAsync(
            IReadOnlyList<string> keys,
            CancellationToken cancellationToken
        )
        {
            await using var context = await store.OpenAsync(cancellationToken);
            var lists = await rows.Of(context, keys)
                .GroupBy(action => action.DeviceId)
                .Select(group => group.OrderByDescending(action => action.Id).Take(most).ToList())
                .ToListAsync(cancellationToken);
            return lists.SelectMany(list => list).ToLookup(action => action.DeviceId);
        }
    }

    private sealed class Counts(TwinStore store, Rows rows) : BatchLoader<string, int>
    {
        protected override async Task<IReadOnlyDictionary<string, int>> FetchAsync(
            IReadOnlyList<string> keys,
            CancellationToken cancellationToken
        )
        {
            await using var context = await store.OpenAsync(cancellationToken);
            return await rows.Of(context, keys)
                .GroupBy(action => action.DeviceId)
                .Select(group => new { group.Key, Count = group.Count() })
                .ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        }
    }

    // A device id may have been asked who it is in the name of another organization: those actions are not this one's.
    private sealed record Rows(Caller Caller, string OrganizationId, ActionFilterInput Where)
    {
        public IQueryable<DeviceAction> Of(TwinDbContext context, IReadOnlyList<string> deviceIds) =>
            Caller
                .ActionsOfDevices(context, OrganizationId)
                .Where(action => deviceIds.Contains(action.DeviceId))
                .Where(Where.ToPredicate());
    }

    private sealed class LaterPage(Func<CancellationToken, Task<ActionsConnection>> read)
        : IDataLoaderResult<ActionsConnection>
    {
        public Task<ActionsConnection> GetResultAsync(CancellationToken cancellationToken = default) =>
            read(cancellationToken);

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}
