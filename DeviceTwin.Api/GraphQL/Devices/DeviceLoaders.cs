using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Loads devices in sight.</summary>
/// <param name="store">The store.</param>
public sealed class DeviceLoader(TwinStore store) : OrganizationLoader<DeviceNode>(store, DeviceNode.TypeName)
{
    /// <inheritdoc />
    protected override Task<Dictionary<string, DeviceNode>> ReadAsync(
        TwinDbContext context,
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    ) =>
        caller
            .Devices(context, organizationId)
            .Include(device => device.Heartbeat)
            .Where(device => names.Contains(device.DeviceId))
            .ToDictionaryAsync(device => device.DeviceId, device => new DeviceNode(device), cancellationToken);
}

/// <summary>Loads operating systems by twin.</summary>
/// <param name="store">The store.</param>
public sealed class OperatingSystemLoader(TwinStore store) : BatchLoader<long, OperatingSystemNode>
{
    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<long, OperatingSystemNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .OperatingSystems.AsNoTracking()
            .Where(row => keys.Contains(row.TwinId))
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
                cancellationToken
            );
    }
}

/// <summary>Loads metrics by twin.</summary>
/// <param name="store">The store.</param>
public sealed class MetricsLoader(TwinStore store) : BatchLoader<long, DeviceMetricsNode>
{
    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<long, DeviceMetricsNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context
            .Metrics.AsNoTracking()
            .Where(row => keys.Contains(row.TwinId))
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
                cancellationToken
            );
    }
}

/// <summary>Loads snaps by twin, by name.</summary>
/// <param name="store">The store.</param>
public sealed class SnapsLoader(TwinStore store) : ListLoader<long, SnapNode>
{
    /// <inheritdoc />
    protected override async Task<ILookup<long, SnapNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var snaps = await context
            .Snaps.AsNoTracking()
            .Where(snap => keys.Contains(snap.TwinId))
            .OrderBy(snap => snap.Name)
            .ToListAsync(cancellationToken);
        return snaps.ToLookup(snap => snap.TwinId, snap => new SnapNode(snap));
    }
}

/// <summary>Loads groups by the twin that is in them, by name.</summary>
/// <param name="store">The store.</param>
public sealed class DeviceGroupsLoader(TwinStore store) : ListLoader<long, GroupNode>
{
    /// <inheritdoc />
    protected override async Task<ILookup<long, GroupNode>> FetchAsync(
        IReadOnlyList<long> keys,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var groups = await context
            .GroupMembers.Where(member => keys.Contains(member.TwinId))
            .Join(
                context.Groups,
                member => member.GroupId,
                group => group.Id,
                (member, group) => new { member.TwinId, group }
            )
            .OrderBy(pair => pair.group.Name)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return groups.ToLookup(pair => pair.TwinId, pair => new GroupNode(pair.group));
    }
}
