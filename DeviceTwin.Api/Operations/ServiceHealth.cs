using System.Text.Json;
using System.Text.Json.Serialization;
using DeviceTwin.Api.Configuration;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DeviceTwin.Api.Operations;

/// <summary>Whether the service lives, and whether it is of use: for orchestrators, load balancers and people.</summary>
public static partial class ServiceHealth
{
    /// <summary>Answers 200 as long as the process serves requests, whatever else is away.</summary>
    public const string LivePath = "/healthz/live";

    /// <summary>Answers 200 while the store is reachable, the broker connected and every worker makes progress, else 503; the body says what is not, and why.</summary>
    public const string ReadyPath = "/healthz/ready";

    /// <summary>How long a check may take.</summary>
    internal static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(3);

    /// <summary>Adds the checks.</summary>
    /// <param name="services">The services.</param>
    public static void AddServiceHealth(this IServiceCollection services) =>
        services
            .AddSingleton<StoreHealth>()
            .AddHostedService<StalledWorkers>()
            .AddHealthChecks()
            .AddCheck<StoreHealth>("store", timeout: CheckLimit)
            .AddCheck<BrokerHealth>("broker", timeout: CheckLimit)
            .AddCheck<WorkerHealth>("workers", timeout: CheckLimit);

    /// <summary>Maps both paths.</summary>
    /// <param name="endpoints">Where to.</param>
    public static void MapServiceHealth(this IEndpointRouteBuilder endpoints)
    {
        // Orchestrators and load balancers have no token, and whoever watches the service must not be kept out by those whom it
        // has to be watched for.
        endpoints
            .MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .AllowAnonymous()
            .DisableRateLimiting();
        endpoints
            .MapHealthChecks(ReadyPath, new HealthCheckOptions { ResponseWriter = WriteAsync })
            .AllowAnonymous()
            .DisableRateLimiting();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        // Names of databases and hosts are nothing for strangers; the log has the reasons, too.
        var authentication = context.RequestServices.GetRequiredService<AuthenticationSettings>();
        var isTold = authentication.Provider == AuthenticationProvider.Disabled;
        var checks = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new Check(entry.Value.Status == HealthStatus.Healthy, isTold ? entry.Value.Description : null)
        );
        var answer = new Answer(report.Status == HealthStatus.Healthy, checks);
        return context.Response.WriteAsJsonAsync(answer, AnswerContext.Default.Answer);
    }

    private sealed record Answer(bool Healthy, Dictionary<string, Check> Checks);

    private sealed record Check(bool Healthy, string? Reason);

    [JsonSourceGenerationOptions(
        JsonSerializerDefaults.Web,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
    )]
    [JsonSerializable(typeof(Answer))]
    private sealed partial class AnswerContext : JsonSerializerContext;
}
