using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Documents;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using GraphQL;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Reads devices for the fields that list them.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">The largest page.</param>
public sealed class DeviceReader(TwinStore store, Settings settings)
{
    private static readonly string[] LongFields = ["tags", "deviceKey"];

    /// <summary>One page of an organization's devices.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="where">Which devices.</param>
    /// <param name="order">In which order.</param>
    /// <param name="request">Which page.</param>
    /// <param name="narrow">What else limits the list, e.g. a group; null for nothing.</param>
    /// <param name="context">The field.</param>
    public async Task<DevicesConnection> ReadAsync(
        string organizationId,
        DeviceFilterInput? where,
        IReadOnlyList<DeviceSortInput>? order,
        PageRequest request,
        Func<IQueryable<Device>, IQueryable<Device>>? narrow,
        IResolveFieldContext context
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var caller = context.Caller();
        var isWhole = DocumentFields.NamesAny(context.Document, LongFields);
        var predicate = where?.ToPredicate();
        var query = new KeysetQuery<TwinDbContext, Device>(
            store.OpenAsync,
            Rows,
            DeviceSortInput.OrderOf(order),
            isWhole ? DeviceColumns.Shown : DeviceColumns.Short,
            where is null && order is null or [] && narrow is null ? ReadForward : null
        );
        var page = await query.ReadAsync(request, context.CancellationToken);
        return new DevicesConnection(page.Select(device => new DeviceNode(device)));

        IQueryable<Device> Rows(TwinDbContext twins)
        {
            var devices = where is { NamesActive: true }
                ? caller.AllDevices(twins, organizationId)
                : caller.Devices(twins, organizationId);
            devices = narrow is null ? devices : narrow(devices);
            return predicate is null ? devices : devices.Where(predicate);
        }

        // What is asked for most: the whole fleet, in its own order.
        IAsyncEnumerable<Device> ReadForward(TwinDbContext twins, IReadOnlyList<object?>? from, int limit) =>
            caller.DevicesBehind(twins, organizationId, (string?)from?[0] ?? "", limit, isWhole);
    }

    /// <summary>The page that arguments ask for.</summary>
    /// <inheritdoc cref="PageRequest.Read" />
    public PageRequest Page(int? first, string? after, int? last = null, string? before = null) =>
        PageRequest.Read(first, after, last, before, settings.GraphQL);

    /// <summary>One device, in sight or not, after a mutation has changed it.</summary>
    /// <param name="twinId">The twin.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public async Task<DeviceNode> GetAsync(long twinId, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var device = await context
            .Devices.AsNoTracking()
            .Include(row => row.Heartbeat)
            .SingleAsync(row => row.Id == twinId, cancellationToken);
        return new DeviceNode(device);
    }
}
