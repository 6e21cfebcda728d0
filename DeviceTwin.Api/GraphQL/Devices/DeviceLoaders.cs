using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Loads devices in sight.</summary>
/// <param name="devices">Looks them up.</param>
public sealed class DeviceLoader(DeviceLookups devices) : OrganizationLoader<DeviceNode>(DeviceNode.TypeName)
{
    /// <inheritdoc />
    protected override async Task<Dictionary<string, DeviceNode>> ReadAsync(
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    )
    {
        var found = await caller.DevicesAsync(devices, organizationId, names, cancellationToken);
        return found.ToDictionary(device => device.DeviceId, device => new DeviceNode(device), StringComparer.Ordinal);
    }
}

/// <summary>Loads operating systems by twin.</summary>
/// <param name="store">The store.</param>
public sealed class OperatingSystemLoader(TwinStore store) : BatchLoader<long, OperatingSystemNode>
{
    private static readonly CompiledQuery<long, DeviceOperatingSystem> Rows = new(
        (context, twinIds) => context.OperatingSystems.AsNoTracking().Where(row => twinIds.Contains(row.TwinId))
    );

    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<long, OperatingSystemNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await Rows.Read(context, keys)
            .ToDictionaryAsync(
                row => row.TwinId,
                row => new OperatingSystemNode(
                    row.Version,
                    row.Series,
                    row.OsId,
                    row.OsVersionId,
                    row.OnClassic,
                    row.KernelVersion
                ),
                null,
                cancellationToken
            );
    }
}

/// <summary>Loads metrics by twin.</summary>
/// <param name="store">The store.</param>
public sealed class MetricsLoader(TwinStore store) : BatchLoader<long, DeviceMetricsNode>
{
    private static readonly CompiledQuery<long, DeviceMetrics> Rows = new(
        (context, twinIds) => context.Metrics.AsNoTracking().Where(row => twinIds.Contains(row.TwinId))
    );

    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<long, DeviceMetricsNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await Rows.Read(context, keys)
            .ToDictionaryAsync(
                row => row.TwinId,
                row => new DeviceMetricsNode(
                    row.MemoryTotalBytes,
                    row.MemoryUsedBytes,
                    row.MemoryUsedPercent,
                    row.CpuUserSeconds,
                    row.CpuSystemSeconds,
                    row.CpuTotalSeconds,
                    row.At
                ),
                null,
                cancellationToken
            );
    }
}

/// <summary>Loads groups by the twin that is in them, by name.</summary>
/// <param name="store">The store.</param>
public sealed class DeviceGroupsLoader(TwinStore store) : ListLoader<long, GroupNode>
{
    private static readonly CompiledQuery<long, MemberRow> Rows = new(
        (context, twinIds) =>
            from member in context.GroupMembers.AsNoTracking()
            join joined in context.Groups on member.GroupId equals joined.Id
            where twinIds.Contains(member.TwinId)
            orderby joined.Name
            select new MemberRow(member.TwinId, joined)
    );

    /// <inheritdoc />
    protected override async Task<ILookup<long, GroupNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var groups = await Rows.Read(context, keys).ToListAsync(cancellationToken);
        return groups.ToLookup(row => row.TwinId, row => new GroupNode(row.Group));
    }

    private sealed record MemberRow(long TwinId, Group Group);
}
