namespace DeviceTwin.Api.Web;

/// <summary>What every answer says to browsers: take it for nothing but what it is, and show it nowhere else.</summary>
internal static class SecurityHeaders
{
    /// <summary>For answers that are no page, and pages that are text alone.</summary>
    private const string NothingAllowed =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds them. An answer that needs another <c>Content-Security-Policy</c> sets its own.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">Goes on.</param>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = NothingAllowed;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }
}
