using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DeviceTwin.Api.Operations;

/// <summary>Whether the store answers.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreHealth(TwinStore store) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await using var reader = await store.OpenAsync(cancellationToken);
            await reader.Database.ExecuteSqlAsync($"select 1", cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (StoreFault.IsUnreachable(fault))
        {
            return HealthCheckResult.Unhealthy(StoreFault.Reason(fault));
        }
        catch (OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The store did not answer in time.");
        }
    }
}
