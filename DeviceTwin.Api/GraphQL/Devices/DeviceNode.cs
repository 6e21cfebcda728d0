using System.Text.Json;
using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.GraphQL.Desired;
using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>A device and its twin.</summary>
/// <param name="device">The stored twin, with its heartbeat row.</param>
[Name(TypeName)]
[Implements(typeof(INode))]
public sealed class DeviceNode(Device device) : INode
{
    internal const string TypeName = "Device";

    /// <summary>The id; opaque to clients.</summary>
    [Id]
    public string Id => GlobalId.Encode(TypeName, device.OrganizationId, device.DeviceId);

    /// <summary>The organization that the device belongs to.</summary>
    public string OrganizationId => device.OrganizationId;

    /// <summary>The id under which the device enrolled; the last segment of its MQTT topics.</summary>
    public string DeviceId => device.DeviceId;

    /// <summary>The brand, as the device told it.</summary>
    public string Brand => device.Brand;

    /// <summary>The model's name, as the device told it.</summary>
    public string Model => device.Model;

    /// <summary>The serial number, as the device told it.</summary>
    public string Serial => device.Serial;

    /// <summary>The id of the device's snap store.</summary>
    public string StoreId => device.StoreId;

    /// <summary>The device's public key, where it told one.</summary>
    public string? DeviceKey => device.DeviceKey;

    /// <summary>False after deleteDevice or after the device unregistered: such devices are listed only where a filter names active.</summary>
    public bool Active => device.DeletedAt is null;

    /// <summary>When the twin was created.</summary>
    public DateTime CreatedAt => device.CreatedAt;

    /// <summary>The instant that the device put into its newest heartbeat (its clock).</summary>
    public DateTime? LastHeartbeatAt => device.Heartbeat.HeartbeatAt;

    /// <summary>The instant at which the service took in the newest message of any kind from the device (our clock).</summary>
    public DateTime? LastSeenAt => device.Heartbeat.LastSeenAt;

    /// <summary>Whether the device is heard.</summary>
    public Connectivity Connectivity => device.Heartbeat.Connectivity;

    /// <summary>Free key-value labels set by operators; devices never see them.</summary>
    public JsonElement Tags => StoredJson.Read(device.Tags);

    /// <summary>Transitions between online and offline, newest first.</summary>
    /// <param name="first">How many at most.</param>
    /// <param name="loader">Reads them for all devices at once.</param>
    public IDataLoaderResult<IReadOnlyList<ConnectivityChangeNode>> ConnectivityHistory(
        [FromServices] ConnectivityHistoryLoader loader,
        int? first = 50
    ) => loader.Load(device.Id, first);

    /// <summary>The groups that the device is in, by name.</summary>
    /// <param name="loader">Reads them for all devices at once.</param>
    public IDataLoaderResult<IReadOnlyList<GroupNode>> Groups([FromServices] DeviceGroupsLoader loader) =>
        loader.Load(device.Id);

    /// <summary>The operating system; null until the device told it.</summary>
    /// <param name="loader">Reads it for all devices at once.</param>
    public IDataLoaderResult<OperatingSystemNode?> OperatingSystem([FromServices] OperatingSystemLoader loader) =>
        loader.Load(device.Id);

    /// <summary>The snaps that the device last reported, by name.</summary>
    /// <param name="loader">Reads them for all devices at once.</param>
    /// <param name="context">The field.</param>
    public IDataLoaderResult<IReadOnlyList<SnapNode>> Snaps(
        [FromServices] SnapsLoader loader,
        IResolveFieldContext context
    ) => loader.Load(device.Id, context);

    /// <summary>One of the snaps; null when the device has none of this name.</summary>
    /// <param name="name">The snap's name.</param>
    /// <param name="loader">Reads the snaps of all devices at once.</param>
    /// <param name="context">The field.</param>
    public IDataLoaderResult<SnapNode?> Snap(
        string name,
        [FromServices] SnapsLoader loader,
        IResolveFieldContext context
    ) => loader.Load(device.Id, context).Then(snaps => snaps.FirstOrDefault(snap => snap.Name == name));

    /// <summary>CPU and memory as the agent last published them on metrics/{org}; null until it has.</summary>
    /// <param name="loader">Reads them for all devices at once.</param>
    public IDataLoaderResult<DeviceMetricsNode?> Metrics([FromServices] MetricsLoader loader) => loader.Load(device.Id);

    /// <summary>The properties that the device reported of itself.</summary>
    /// <param name="loader">Reads them for all devices at once.</param>
    public IDataLoaderResult<ReportedStateNode> Reported([FromServices] ReportedStateLoader loader) =>
        loader.Load(device.Id).Then(state => new ReportedStateNode(state));

    /// <summary>What the device should be: the layers of its model, its groups and its own, merged.</summary>
    /// <param name="states">Reads the merged layers of all devices at once.</param>
    /// <param name="layers">Reads the own layers of all devices at once.</param>
    public IDataLoaderResult<DesiredStateNode> Desired(
        [FromServices] TwinStateLoader states,
        [FromServices] LayerLoader layers
    ) =>
        states
            .Load(device)
            .With(
                layers.Load(new LayerId(device.OrganizationId, LayerKind.Device, device.DeviceId)),
                (state, own) => new DesiredStateNode(state!.Desired, own)
            );

    /// <summary>Where desired and reported differ, one entry a path; empty when they agree.</summary>
    /// <param name="states">Reads what is compared for all devices at once.</param>
    public IDataLoaderResult<IReadOnlyList<DriftNode>> Drift([FromServices] TwinStateLoader states) =>
        states.Load(device).Then(state => DriftNode.Of(state!));

    /// <summary>Whether desired and reported agree, as it was last worked out; after a change of a group or model PENDING until it is worked out anew.</summary>
    /// <param name="loader">Reads it for all devices at once.</param>
    public IDataLoaderResult<SyncStatus> SyncStatus([FromServices] SyncLoader loader) =>
        loader.Load(device.Id).Then(sync => sync!.Status);

    /// <summary>Why the service gave up; null unless syncStatus is FAILED.</summary>
    /// <param name="loader">Reads it for all devices at once.</param>
    public IDataLoaderResult<string?> SyncReason([FromServices] SyncLoader loader) =>
        loader.Load(device.Id).Then(sync => sync!.Reason);

    /// <summary>The device's actions, newest first.</summary>
    /// <param name="where">Which of them.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="reader">Reads them, the first pages of all devices at once.</param>
    /// <param name="context">The field.</param>
    public IDataLoaderResult<ActionsConnection> Actions(
        ActionFilterInput? where,
        int? first,
        string? after,
        [FromServices] DeviceActionsReader reader,
        IResolveFieldContext context
    ) => reader.Read(device, where, first, after, context.Caller());
}

/// <summary>A device came online or went offline.</summary>
/// <param name="Connectivity">What it became.</param>
/// <param name="At">When, by our clock.</param>
[Name("ConnectivityChange")]
public sealed record ConnectivityChangeNode(Connectivity Connectivity, DateTime At);

/// <summary>One page of devices.</summary>
/// <param name="page">The page.</param>
public sealed class DevicesConnection(Page<DeviceNode> page)
{
    /// <summary>The devices of the page.</summary>
    public IReadOnlyList<DeviceNode> Nodes => page.Nodes;

    /// <summary>The devices of the page with their cursors.</summary>
    public IReadOnlyList<DevicesEdge> Edges => [.. page.Rows.Select(row => new DevicesEdge(row.Cursor, row.Node))];

    /// <summary>Where the page stands.</summary>
    public PageInfo PageInfo => page.PageInfo;

    /// <summary>How many devices all pages hold; counted only when asked for.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<int> TotalCountAsync(CancellationToken cancellationToken) => page.CountAsync(cancellationToken);
}

/// <summary>A device in a page.</summary>
/// <param name="Cursor">Stands for the device's place in the list.</param>
/// <param name="Node">The device.</param>
public sealed record DevicesEdge(string Cursor, DeviceNode Node);
