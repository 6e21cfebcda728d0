using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Operations;

/// <summary>Asks the service that runs on this machine whether it is ready: a container's health check needs no other program.</summary>
internal static class HealthQuestion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks, and writes the answer.</summary>
    /// <param name="service">Where it listens.</param>
    /// <param name="output">Takes the answer.</param>
    /// <returns>The exit code: 0 when ready, else 1.</returns>
    public static async Task<int> AskAsync(ServiceSettings service, TextWriter output)
    {
        var address = new UriBuilder(
            "http",
            BindAddress.Reachable(service.Address).ToString(),
            service.Port,
            ServiceHealth.ReadyPath
        );
        using var client = new HttpClient { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(address.Uri);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : ServiceRun.CannotStart;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            await output.WriteLineAsync($"Nothing answers at {address.Uri}: {fault.GetBaseException().Message}");
            return ServiceRun.CannotStart;
        }
    }
}
