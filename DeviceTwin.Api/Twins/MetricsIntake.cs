using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Takes in CPU and memory.</summary>
/// <param name="store">The store.</param>
/// <param name="faults">Makes metrics fail in tests.</param>
public sealed class MetricsIntake(TwinStore store, FaultPoints faults)
{
    /// <inheritdoc cref="IIntake.StoreAsync(IReadOnlyList{MetricsReport}, CancellationToken)" />
    public Task<int> StoreAsync(IReadOnlyList<MetricsReport> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return store.WriteAsync((context, token) => StoreAsync(context, batch, token), cancellationToken);
    }

    private async Task<int> StoreAsync(
        TwinDbContext context,
        IReadOnlyList<MetricsReport> batch,
        CancellationToken cancellationToken
    )
    {
        var deviceIds = batch.Select(report => report.DeviceId).Distinct(StringComparer.Ordinal).ToArray();
        var devices = await context
            .Devices.AsNoTracking()
            .Where(device => device.DeletedAt == null && deviceIds.Contains(device.DeviceId))
            .Select(device => new
            {
                device.Id,
                device.DeviceId,
                device.OrganizationId,
            })
            .ToDictionaryAsync(device => device.DeviceId, StringComparer.Ordinal, cancellationToken);
        var merged = new Dictionary<long, DeviceMetrics>();
        var left = 0;
        foreach (var report in batch)
        {
            faults.Reach(WorkerNames.Metrics, report.DeviceId);
            if (!devices.TryGetValue(report.DeviceId, out var device) || device.OrganizationId != report.OrganizationId)
            {
                left++;
                continue;
            }

            if (!merged.TryGetValue(device.Id, out var row))
            {
                row = new DeviceMetrics { TwinId = device.Id };
                merged.Add(device.Id, row);
            }

            Merge(row, report);
        }

        await MetricsStatements.StoreAsync(context, [.. merged.Values.OrderBy(row => row.TwinId)], cancellationToken);
        return left;
    }

    private static void Merge(DeviceMetrics row, MetricsReport report)
    {
        row.MemoryTotalBytes = report.MemoryTotalBytes ?? row.MemoryTotalBytes;
        row.MemoryUsedBytes = report.MemoryUsedBytes ?? row.MemoryUsedBytes;
        row.MemoryUsedPercent = report.MemoryUsedPercent ?? row.MemoryUsedPercent;
        row.CpuUserSeconds = report.CpuUserSeconds ?? row.CpuUserSeconds;
        row.CpuSystemSeconds = report.CpuSystemSeconds ?? row.CpuSystemSeconds;
        row.CpuTotalSeconds = report.CpuTotalSeconds ?? row.CpuTotalSeconds;
        row.At = report.ReceivedAt;
    }
}
