using DeviceTwin.Api.GraphQL.Desired;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Groups;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Groups;

/// <summary>A named set of devices of one organization.</summary>
/// <param name="group">The stored group.</param>
[Name(TypeName)]
[Implements(typeof(INode))]
public sealed class GroupNode(Group group) : INode
{
    internal const string TypeName = "Group";

    /// <summary>The id; opaque to clients.</summary>
    [Id]
    public string Id => GlobalId.Encode(TypeName, group.OrganizationId, group.Name);

    /// <summary>The organization that the group belongs to.</summary>
    public string OrganizationId => group.OrganizationId;

    /// <summary>The name, unique in the organization.</summary>
    public string Name => group.Name;

    /// <summary>When the group was created.</summary>
    public DateTime CreatedAt => group.CreatedAt;

    /// <summary>What is desired of every device in the group.</summary>
    /// <param name="loader">Reads the layers of all groups at once.</param>
    public IDataLoaderResult<DesiredLayerNode> Desired([FromServices] LayerLoader loader) =>
        loader
            .Load(new LayerId(group.OrganizationId, LayerKind.Group, group.Name))
            .Then(layer => new DesiredLayerNode(layer));

    /// <summary>The devices in the group.</summary>
    /// <param name="where">Which of them.</param>
    /// <param name="order">In which order.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="reader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public Task<DevicesConnection> DevicesAsync(
        DeviceFilterInput? where,
        IReadOnlyList<DeviceSortInput>? order,
        int? first,
        string? after,
        [FromServices] DeviceReader reader,
        IResolveFieldContext context
    ) =>
        reader.ReadAsync(
            group.OrganizationId,
            where,
            order,
            reader.Page(first, after),
            devices => devices.Where(device => device.Groups.Any(other => other.Id == group.Id)),
            context
        );

    /// <summary>Devices of the same organization that are not in the group.</summary>
    /// <param name="where">Which of them.</param>
    /// <param name="order">In which order.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="reader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public Task<DevicesConnection> ExcludedDevicesAsync(
        DeviceFilterInput? where,
        IReadOnlyList<DeviceSortInput>? order,
        int? first,
        string? after,
        [FromServices] DeviceReader reader,
        IResolveFieldContext context
    ) =>
        reader.ReadAsync(
            group.OrganizationId,
            where,
            order,
            reader.Page(first, after),
            devices => devices.Where(device => device.Groups.All(other => other.Id != group.Id)),
            context
        );
}
