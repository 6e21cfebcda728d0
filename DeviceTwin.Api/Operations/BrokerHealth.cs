using DeviceTwin.Api.Twins;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DeviceTwin.Api.Operations;

/// <summary>Whether devices can be heard.</summary>
/// <param name="broker">Knows it.</param>
internal sealed class BrokerHealth(BrokerStatus broker) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            broker.Current is { Connected: false } away
                ? HealthCheckResult.Unhealthy(away.LastError ?? "The first connection is under way.")
                : HealthCheckResult.Healthy()
        );
}
