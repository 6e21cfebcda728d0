using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.GraphQL.Engine.Sharing;
using DeviceTwin.Data.Changes;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Changes;

/// <summary>Something changed in a twin.</summary>
/// <param name="change">The row of the change log.</param>
[Name("DeviceChange")]
public sealed class DeviceChangeNode(TwinChange change) : ISharedEvent
{
    /// <summary>Pass it as after to continue behind this change.</summary>
    public string Cursor => ChangeCursor.Format(ChangePosition.Of(change));

    /// <summary>The organization of the device.</summary>
    public string OrganizationId => change.OrganizationId;

    /// <summary>The device.</summary>
    public string DeviceId => change.DeviceId;

    /// <summary>What changed.</summary>
    public IReadOnlyList<DeviceChangeKind> Kinds =>
        [.. Enum.GetValues<DeviceChangeKind>().Where(kind => change.Kinds.HasFlag((ChangeKinds)kind))];

    /// <summary>The device as it is now; null when it was deleted.</summary>
    /// <param name="loader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public IDataLoaderResult<DeviceNode?> Device([FromServices] DeviceLoader loader, IResolveFieldContext context) =>
        loader.Load(new OrganizationKey(context.Caller(), change.OrganizationId, change.DeviceId));

    // Those who read it from the store, long after it was told, get the device as it is by then.
    object ISharedEvent.Identity => change;

    /// <summary>When, by our clock.</summary>
    public DateTime At => change.At;

    /// <summary>Who asked for it: a user, a client token, "device", or "service" for the service itself.</summary>
    public string By => change.By;
}

/// <summary>What changed in a twin.</summary>
public enum DeviceChangeKind
{
    /// <summary>An action moved to another status, or was confirmed.</summary>
    Action = ChangeKinds.Action,

    /// <summary>The twin was created.</summary>
    Created = ChangeKinds.Created,

    /// <summary>Brand, model, serial, store or key.</summary>
    Summary = ChangeKinds.Summary,

    /// <summary>The operating system.</summary>
    OperatingSystem = ChangeKinds.OperatingSystem,

    /// <summary>The snap list, or a snap's facts or config.</summary>
    Snaps = ChangeKinds.Snaps,

    /// <summary>The reported properties.</summary>
    Reported = ChangeKinds.Reported,

    /// <summary>The desired state, or how far the device is from it.</summary>
    Desired = ChangeKinds.Desired,

    /// <summary>The tags.</summary>
    Tags = ChangeKinds.Tags,

    /// <summary>The groups that the device is in.</summary>
    Groups = ChangeKinds.Groups,

    /// <summary>The twin was taken out of sight.</summary>
    Deleted = ChangeKinds.Deleted,

    /// <summary>The twin is in sight again.</summary>
    Restored = ChangeKinds.Restored,
}

/// <summary>One page of the change log.</summary>
/// <param name="changes">The changes of the page.</param>
/// <param name="hasNext">Whether there are more behind it.</param>
/// <param name="hasPrevious">Whether the page begins behind a cursor.</param>
public sealed class DeviceChangesConnection(IReadOnlyList<DeviceChangeNode> changes, bool hasNext, bool hasPrevious)
{
    /// <summary>The changes of the page.</summary>
    public IReadOnlyList<DeviceChangeNode> Nodes => changes;

    /// <summary>The changes of the page with their cursors.</summary>
    public IReadOnlyList<DeviceChangesEdge> Edges =>
        [.. changes.Select(change => new DeviceChangesEdge(change.Cursor, change))];

    /// <summary>Where the page stands.</summary>
    public PageInfo PageInfo =>
        new(
            _ => Task.FromResult(hasNext),
            _ => Task.FromResult(hasPrevious),
            changes.Count == 0 ? null : changes[0].Cursor,
            changes.Count == 0 ? null : changes[^1].Cursor
        );
}

/// <summary>A change in a page.</summary>
/// <param name="Cursor">The change's own cursor.</param>
/// <param name="Node">The change.</param>
public sealed record DeviceChangesEdge(string Cursor, DeviceChangeNode Node);
