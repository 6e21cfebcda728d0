using System.Net;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Web;

/// <summary>
/// Which names the service answers to. A page whose own name was pointed at this machine (DNS rebinding) is of the same origin
/// for its browser; where nobody has to authenticate, its name is all that gives it away.
/// </summary>
/// <param name="settings">Name them.</param>
internal sealed class HostNames(Settings settings)
{
    private readonly string[] named = HttpSettings.Listed(settings.Http.Hosts);

    private readonly bool isAnybodys =
        settings.Authentication.Provider == AuthenticationProvider.Disabled
        && IPAddress.IsLoopback(settings.Service.Address);

    /// <summary>Whether the service answers to this name.</summary>
    /// <param name="host">The request's <c>Host</c>.</param>
    public bool Allow(HostString host)
    {
        var name = host.Host;
        return named.Length > 0
            ? named.Contains(name, StringComparer.OrdinalIgnoreCase)
            : !isAnybodys
                || name.Length == 0
                || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
                // A number cannot be pointed anywhere.
                || IPAddress.TryParse(name.Trim('[', ']'), out _);
    }

    /// <summary>Refuses requests to other names.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">Goes on.</param>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Allow(context.Request.Host))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "The service does not answer to this host name: name it in service.hosts.\n",
            context.RequestAborted
        );
    }
}
