using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Security;

/// <summary>Which web pages may use the service from a browser: its own, and those of <c>service.cors.origins</c>.</summary>
/// <param name="settings">Name them.</param>
public sealed class AllowedOrigins(Settings settings)
{
    /// <summary>The origins that are named.</summary>
    public IReadOnlyList<string> Named { get; } = HttpSettings.Listed(settings.Http.CorsOrigins);

    /// <summary>Whether a page may. What is no page sends no origin, or one that is no web page's, and may.</summary>
    /// <param name="request">The request, with its <c>Origin</c> and <c>Host</c>.</param>
    public bool Allow(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var origin = request.Headers.Origin.ToString();
        if (origin == "null")
        {
            // A sandboxed frame, a file, a redirect: anybody's page.
            return false;
        }

        return !origin.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            || !Uri.TryCreate(origin, UriKind.Absolute, out var site)
            || HostString.FromUriComponent(site).Equals(request.Host)
            || Named.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }
}
