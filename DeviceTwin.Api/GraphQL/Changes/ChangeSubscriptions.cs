using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.GraphQL.Changes;
using DeviceTwin.Api.GraphQL.Live;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Data.Changes;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Subscription
{
    /// <summary>
    /// Anything in a twin changed: summary, snaps, operating system, tags, groups, actions, deletion. In the order in which the
    /// changes were committed, none left out. With after, first everything since that change, then live: a client that was away
    /// continues with the newest cursor it saw. A cursor older than what is kept ends the stream with an error whose code is
    /// CURSOR_EXPIRED.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The devices; all where it is left out.</param>
    /// <param name="group">The group whose devices are meant; all where it is left out.</param>
    /// <param name="after">The newest cursor that the client saw; from now on where it is left out.</param>
    /// <param name="streams">Makes streams.</param>
    /// <param name="context">The field.</param>
    public static async Task<IAsyncEnumerable<DeviceChangeNode>> DeviceChangedAsync(
        string organizationId,
        IReadOnlyList<string>? deviceIds,
        string? group,
        string? after,
        [FromServices] ChangeStreams streams,
        IResolveFieldContext context
    )
    {
        var (gate, caller, cancellationToken) = (EventGate.Of(context), context.Caller(), context.CancellationToken);
        var filter = ChangeStreams.Filter(organizationId, deviceIds, ChangeFilter.Told);
        var changes = await streams.OpenAsync(caller, filter, group, after, cancellationToken);
        return gate.Through(changes.Select(change => new DeviceChangeNode(change)));
    }

    /// <summary>An action moved to another status, or was confirmed.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device; all where it is left out.</param>
    /// <param name="actionId">The action; all where it is left out.</param>
    /// <param name="streams">Makes streams.</param>
    /// <param name="loader">Reads actions.</param>
    /// <param name="context">The field.</param>
    public static async Task<IAsyncEnumerable<ActionNode>> ActionChangedAsync(
        string organizationId,
        string? deviceId,
        string? actionId,
        [FromServices] ChangeStreams streams,
        [FromServices] LiveActions loader,
        IResolveFieldContext context
    )
    {
        var (gate, caller, cancellationToken) = (EventGate.Of(context), context.Caller(), context.CancellationToken);
        var filter = ChangeStreams.Filter(organizationId, deviceId is null ? null : [deviceId], ChangeKinds.Action);
        var changes = await streams.OpenAsync(caller, filter, group: null, after: null, cancellationToken);
        return gate.Through(loader.ReadAsync(changes, actionId));
    }
}
