using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Devices;

/// <summary>Stores metrics.</summary>
public static class MetricsStatements
{
    /// <summary>Adds rows, or merges them into those that are there: what a row lacks stays as it is stored.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="rows">At most one for each twin, in the order of <see cref="DeviceMetrics.TwinId"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task StoreAsync(
        TwinDbContext context,
        IReadOnlyCollection<DeviceMetrics> rows,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            await context.Database.ExecuteSqlAsync(
                $"""
                insert into device_metrics (twin_id, memory_total_bytes, memory_used_bytes, memory_used_percent,
                                            cpu_user_seconds, cpu_system_seconds, cpu_total_seconds, at)
                values ({row.TwinId}, {row.MemoryTotalBytes}, {row.MemoryUsedBytes}, {row.MemoryUsedPercent},
                        {row.CpuUserSeconds}, {row.CpuSystemSeconds}, {row.CpuTotalSeconds}, {row.At})
                on conflict (twin_id) do update set
                  memory_total_bytes = coalesce(excluded.memory_total_bytes, device_metrics.memory_total_bytes),
                  memory_used_bytes = coalesce(excluded.memory_used_bytes, device_metrics.memory_used_bytes),
                  memory_used_percent = coalesce(excluded.memory_used_percent, device_metrics.memory_used_percent),
                  cpu_user_seconds = coalesce(excluded.cpu_user_seconds, device_metrics.cpu_user_seconds),
                  cpu_system_seconds = coalesce(excluded.cpu_system_seconds, device_metrics.cpu_system_seconds),
                  cpu_total_seconds = coalesce(excluded.cpu_total_seconds, device_metrics.cpu_total_seconds),
                  at = excluded.at
                """,
                cancellationToken
            );
        }
    }
}
