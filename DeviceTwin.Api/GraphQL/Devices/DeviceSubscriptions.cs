using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Live;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Data.Changes;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Subscription
{
    /// <summary>Heartbeats as they arrive. A slow reader gets each device's newest, never a growing backlog.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The devices; all where it is left out.</param>
    /// <param name="group">The group whose devices are meant; all where it is left out.</param>
    /// <param name="streams">Makes streams.</param>
    /// <param name="context">The field.</param>
    public static async Task<IAsyncEnumerable<HeartbeatNode>> HeartbeatsAsync(
        string organizationId,
        IReadOnlyList<string>? deviceIds,
        string? group,
        [FromServices] HeartbeatStreams streams,
        IResolveFieldContext context
    )
    {
        var (gate, caller, cancellationToken) = (EventGate.Of(context), context.Caller(), context.CancellationToken);
        var heartbeats = await streams.OpenAsync(caller, organizationId, deviceIds, group, cancellationToken);
        return gate.Through(heartbeats.Select(heartbeat => new HeartbeatNode(heartbeat)));
    }

    /// <summary>A device came online or went offline.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The devices; all where it is left out.</param>
    /// <param name="group">The group whose devices are meant; all where it is left out.</param>
    /// <param name="streams">Makes streams.</param>
    /// <param name="loader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public static async Task<IAsyncEnumerable<DeviceNode>> ConnectivityChangedAsync(
        string organizationId,
        IReadOnlyList<string>? deviceIds,
        string? group,
        [FromServices] ChangeStreams streams,
        [FromServices] LiveDevices loader,
        IResolveFieldContext context
    )
    {
        var (gate, caller, cancellationToken) = (EventGate.Of(context), context.Caller(), context.CancellationToken);
        var filter = ChangeStreams.Filter(organizationId, deviceIds, ChangeKinds.Connectivity);
        var changes = await streams.OpenAsync(caller, filter, group, after: null, cancellationToken);
        return gate.Through(loader.ReadAsync(caller, changes));
    }

    /// <summary>The organization's counts, at once and then at most once a second while they change.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="summaries">Reads them.</param>
    /// <param name="context">The field.</param>
    public static IAsyncEnumerable<FleetSummary> FleetChanged(
        string organizationId,
        [FromServices] FleetSummaries summaries,
        IResolveFieldContext context
    ) =>
        EventGate
            .Of(context)
            .Through(
                context.Caller().MaySee(organizationId)
                    ? summaries.ReadAsync(organizationId, CancellationToken.None)
                    : Silence.Of<FleetSummary>()
            );
}
