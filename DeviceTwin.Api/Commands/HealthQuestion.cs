using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Operations;

namespace DeviceTwin.Api.Commands;

/// <summary>Asks the service that runs on this machine whether it is ready: a container's health check needs no other program.</summary>
internal static class HealthQuestion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks, and writes the answer.</summary>
    /// <param name="settings">Where it listens, and with which certificate.</param>
    /// <param name="output">Takes the answer.</param>
    /// <returns>The exit code: 0 when ready, else 1.</returns>
    public static async Task<int> AskAsync(Settings settings, TextWriter output)
    {
        var service = settings.Service;
        var address = new UriBuilder(
            settings.Http.IsHttps ? Uri.UriSchemeHttps : Uri.UriSchemeHttp,
            BindAddress.Reachable(service.Address).ToString(),
            service.Port,
            ServiceHealth.ReadyPath
        );
        using var handler = new SocketsHttpHandler();
        if (settings.Http.Certificate is { } file)
        {
#pragma warning disable MA0039 // Its names are those that people use, not this address: here it has to be the very same certificate.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => IsIn(file, shown);
#pragma warning restore MA0039
        }

        using var client = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(address.Uri);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : ServiceHost.CannotStart;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            await output.WriteLineAsync($"Nothing answers at {address.Uri}: {fault.GetBaseException().Message}");
            return ServiceHost.CannotStart;
        }
    }

    private static bool IsIn(string file, X509Certificate? shown)
    {
        using var own = X509CertificateLoader.LoadCertificateFromFile(file);
        return shown is not null && own.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData());
    }
}
