using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>Reads pages of actions, newest first.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">The largest page.</param>
public sealed class ActionReader(TwinStore store, Settings settings)
{
    /// <summary>Newest first.</summary>
    internal static KeysetOrder<DeviceAction> NewestFirst { get; } =
        new(SortKey.Of<DeviceAction, long>("id", action => action.Id).Reversed);

    /// <summary>One page of actions.</summary>
    /// <param name="all">The actions that the caller sees and that are to be listed.</param>
    /// <param name="where">Which of them.</param>
    /// <param name="request">Which page.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public async Task<ActionsConnection> ReadAsync(
        Func<TwinDbContext, IQueryable<DeviceAction>> all,
        ActionFilterInput? where,
        PageRequest request,
        CancellationToken cancellationToken
    )
    {
        var predicate = where?.ToPredicate();
        var query = new KeysetQuery<TwinDbContext, DeviceAction>(
            store.OpenAsync,
            context => predicate is null ? all(context) : all(context).Where(predicate),
            NewestFirst
        );
        return new ActionsConnection(
            (await query.ReadAsync(request, cancellationToken)).Select(action => new ActionNode(action))
        );
    }

    /// <summary>The page that arguments ask for.</summary>
    /// <inheritdoc cref="PageRequest.Read" />
    public PageRequest Page(int? first, string? after, int? last = null, string? before = null) =>
        PageRequest.Read(first, after, last, before, settings.GraphQL);
}
