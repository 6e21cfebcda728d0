using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DeviceTwin.Api.Operations;

/// <summary>Whether the store answers. It is asked once a second at most: whoever asks us needs no token, and no rate holds them back.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Says when a second is over.</param>
/// <param name="logger">Takes why it does not answer, once each time.</param>
internal sealed partial class StoreHealth(TwinStore store, TimeProvider clock, ILogger<StoreHealth> logger)
    : IHealthCheck
{
    private const string TooLate = "The store did not answer in time.";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock turn = new();
    private Task<HealthCheckResult>? asking;
    private bool isAway;
    private long askedAt;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            return await Ask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(TooLate);
        }
    }

    private Task<HealthCheckResult> Ask()
    {
        lock (turn)
        {
            if (asking is null || (asking.IsCompleted && clock.GetElapsedTime(askedAt) >= Pause))
            {
                askedAt = clock.GetTimestamp();
                asking = AskAsync();
            }

            return asking;
        }
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        // Not who asks first decides how long the others wait.
        using var limit = new CancellationTokenSource(ServiceHealth.CheckLimit, clock);
        try
        {
            await using var reader = await store.OpenAsync(limit.Token);
            await reader.Database.ExecuteSqlAsync($"select 1", limit.Token);
            isAway = false;
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (StoreFault.IsUnreachable(fault))
        {
            return Tell(StoreFault.Reason(fault));
        }
        catch (OperationCanceledException)
        {
            return Tell(TooLate);
        }
    }

    private HealthCheckResult Tell(string reason)
    {
        if (!isAway)
        {
            LogAway(reason);
        }

        isAway = true;
        return HealthCheckResult.Unhealthy(reason);
    }

    [LoggerMessage(LogLevel.Warning, "The store does not answer: {Reason}")]
    private partial void LogAway(string reason);
}
