namespace DeviceTwin.Api.Configuration;

/// <summary>What must hold for the keys of the HTTP door, beyond their types.</summary>
internal static class HttpRules
{
    /// <summary>What is wrong, by the key that was given wrongly.</summary>
    /// <param name="settings">The settings.</param>
    public static IEnumerable<(string Key, string Problem)> Problems(Settings settings) =>
        [.. OfTls(settings.Http), .. OfLists(settings.Http), .. OfDocuments(settings.GraphQL)];

    private static IEnumerable<(string, string)> OfTls(HttpSettings http)
    {
        if (http.Certificate is not null && http.CertificateKey is null)
        {
            yield return ("service.tls.certificate", "needs service.tls.key, the PEM file of its key");
        }
        if (http.CertificateKey is not null && http.Certificate is null)
        {
            yield return ("service.tls.key", "needs service.tls.certificate, the PEM file of the certificate");
        }
    }

    private static IEnumerable<(string, string)> OfLists(HttpSettings http)
    {
        foreach (var proxy in HttpSettings.Listed(http.Proxies).Where(text => HttpSettings.NetworkOf(text) is null))
        {
            var problem = $"{SettingText.Quote(proxy)} is neither an IP address nor a network such as 10.0.0.0/8";
            yield return ("service.proxies", problem);
        }
        foreach (var host in HttpSettings.Listed(http.Hosts).Where(text => !IsHost(text)))
        {
            yield return (
                "service.hosts",
                $"{SettingText.Quote(host)} is no host name: write it without scheme and port"
            );
        }
        foreach (var origin in HttpSettings.Listed(http.CorsOrigins).Where(text => !IsOrigin(text)))
        {
            var problem =
                origin == "*"
                    ? "* would let every page that somebody visits steer devices: name the origins"
                    : $"{SettingText.Quote(origin)} is no origin: write it like https://fleet.example.org, without a path";
            yield return ("service.cors.origins", problem);
        }
    }

    private static IEnumerable<(string, string)> OfDocuments(GraphQLSettings graphQL)
    {
        if (graphQL.Documents == AcceptedDocuments.Trusted && graphQL.DocumentsPath is null)
        {
            yield return ("graphql.documents", "trusted needs graphql.documents.path, the folder of the documents");
        }
    }

    private static bool IsHost(string text) => Uri.CheckHostName(text.Trim('[', ']')) != UriHostNameType.Unknown;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
