using DeviceTwin.Api.GraphQL.Devices;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    /// <summary>One device; null when the caller may not see it or it does not exist.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="loader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public static IDataLoaderResult<DeviceNode?> Device(
        string organizationId,
        string deviceId,
        [FromServices] DeviceLoader loader,
        IResolveFieldContext context
    ) => loader.Load(new OrganizationKey(context.Caller(), organizationId, deviceId));

    /// <summary>The organization's devices, by device id where no order is asked for.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="where">Which devices.</param>
    /// <param name="order">In which order.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="last">How many of the last.</param>
    /// <param name="before">The cursor that <paramref name="last"/> counts back from.</param>
    /// <param name="reader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public static Task<DevicesConnection> DevicesAsync(
        string organizationId,
        DeviceFilterInput? where,
        IReadOnlyList<DeviceSortInput>? order,
        int? first,
        string? after,
        int? last,
        string? before,
        [FromServices] DeviceReader reader,
        IResolveFieldContext context
    ) => reader.ReadAsync(organizationId, where, order, reader.Page(first, after, last, before), narrow: null, context);
}
