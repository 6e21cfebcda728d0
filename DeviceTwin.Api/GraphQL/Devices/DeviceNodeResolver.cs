using DeviceTwin.Api.GraphQL.Engine.Nodes;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Finds devices by their global ids.</summary>
/// <param name="loader">Reads devices.</param>
public sealed class DeviceNodeResolver(DeviceLoader loader) : INodeResolver
{
    /// <inheritdoc />
    public string TypeName => DeviceNode.TypeName;

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<GlobalId, INode>> ResolveAsync(
        IReadOnlyList<GlobalId> ids,
        IResolveFieldContext context,
        CancellationToken cancellationToken
    ) => loader.FindNodesAsync(ids, parts => (context.Caller(), parts[0], parts[1]), cancellationToken);
}
