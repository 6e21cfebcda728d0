using System.Globalization;
using DeviceTwin.Api.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DeviceTwin.Api.Operations;

/// <summary>Whether every worker that has work makes progress. Answered from memory.</summary>
/// <param name="progress">Knows it.</param>
/// <param name="settings">How long a worker may take.</param>
internal sealed class WorkerHealth(WorkerProgress progress, Settings settings) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var stalled = progress.StalledFor(settings.Worker.StalledAfter);
        return Task.FromResult(
            stalled.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(
                    string.Join(
                        " ",
                        stalled.Select(worker =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"The worker {worker.Worker} has made no progress for {worker.For.TotalSeconds:F0} s."
                            )
                        )
                    )
                )
        );
    }
}
