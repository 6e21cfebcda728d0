using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Data.Desired;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Desired;

/// <summary>A device model of one organization, with the desired state that every device of the model gets.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="name">The model's name.</param>
[Name("Model")]
public sealed class ModelNode(string organizationId, string name)
{
    /// <summary>The organization that the model's devices belong to.</summary>
    public string OrganizationId => organizationId;

    /// <summary>The model's name, as its devices tell it; the same name of another brand is the same model.</summary>
    public string Name => name;

    /// <summary>What is desired of every device of the model.</summary>
    /// <param name="loader">Reads the layers of all models at once.</param>
    public IDataLoaderResult<DesiredLayerNode> Desired([FromServices] LayerLoader loader) =>
        loader.Load(new LayerId(organizationId, LayerKind.Model, name)).Then(layer => new DesiredLayerNode(layer));

    /// <summary>The model's devices.</summary>
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
            organizationId,
            where,
            order,
            reader.Page(first, after),
            devices => devices.Where(device => device.Model == name),
            context
        );
}
