using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Security;
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

    /// <summary>One page of an organization's actions.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device; null for all.</param>
    /// <param name="where">Which actions.</param>
    /// <param name="request">Which page.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public async Task<ActionsConnection> ReadAsync(
        Caller caller,
        string organizationId,
        string? deviceId,
        ActionFilterInput? where,
        PageRequest request,
        CancellationToken cancellationToken
    )
    {
        var predicate = where?.ToPredicate();
        var query = new KeysetQuery<TwinDbContext, DeviceAction>(store.OpenAsync, Rows, NewestFirst);
        return new ActionsConnection(
            (await query.ReadAsync(request, cancellationToken)).Select(action => new ActionNode(action))
        );

        IQueryable<DeviceAction> Rows(TwinDbContext context)
        {
            var actions = deviceId is null
                ? caller.Actions(context, organizationId)
                : caller.ActionsOfDevices(context, organizationId).Where(action => action.DeviceId == deviceId);
            return predicate is null ? actions : actions.Where(predicate);
        }
    }

    /// <summary>The page that arguments ask for.</summary>
    /// <inheritdoc cref="PageRequest.Read" />
    public PageRequest Page(int? first, string? after, int? last = null, string? before = null) =>
        PageRequest.Read(first, after, last, before, settings.GraphQL);
}
