using System.Threading.RateLimiting;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DeviceTwin.Api.Web;

/// <summary>What every HTTP request passes before it reaches an endpoint.</summary>
public static class WebDoor
{
    private static readonly TimeSpan HstsAge = TimeSpan.FromDays(365);
    private static readonly TimeSpan PreflightAge = TimeSpan.FromHours(1);

    /// <summary>Adds what the door needs, and what transports ask of it.</summary>
    /// <param name="services">The services; <see cref="Settings"/> is among them.</param>
    public static IServiceCollection AddWebDoor(this IServiceCollection services)
    {
        services.TryAddSingleton<CallRates>();
        services.TryAddSingleton<AllowedOrigins>();
        services.TryAddSingleton<HostNames>();
        services.TryAddSingleton<ServerCertificate>();
        services.AddRateLimiter(_ => { });
        services.AddCors();
        services.AddRequestDecompression();
        // Over HTTPS, too: who is asked carries a bearer token that no page of another site can add, so nobody can make the
        // callers' browsers ask for answers that mix a secret with a text of the attacker's (BREACH).
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/graphql-response+json"];
        });
        services.Replace(ServiceDescriptor.Singleton<IResponseCompressionProvider, LargeAnswerCompression>());
        return services.AddHsts(options => options.MaxAge = HstsAge);
    }

    /// <summary>The door up to authentication: proxies, headers, names, origins, and how often an address may come.</summary>
    /// <param name="app">The service.</param>
    public static void UseWebDoor(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var settings = app.Services.GetRequiredService<Settings>();
        UseProxies(app, settings.Http);
        app.UseHsts();
        app.Use(SecurityHeaders.AddAsync);
        app.Use(app.Services.GetRequiredService<HostNames>().InvokeAsync);
        UseOrigins(app, app.Services.GetRequiredService<AllowedOrigins>());
        app.UseRateLimiter(Limit(app.Services, rates => rates.ByAddress));
    }

    /// <summary>How often a caller may come. Stands behind authentication.</summary>
    /// <param name="app">The service.</param>
    public static void UseCallerRate(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseRateLimiter(Limit(app.Services, rates => rates.ByCaller));
    }

    private static void UseProxies(WebApplication app, HttpSettings settings)
    {
        if (settings.ProxyNetworks is not { Count: > 0 } networks)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.All & ~ForwardedHeaders.XForwardedPrefix,
            // As many as are known: the first address that is no proxy's is the client's.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    private static void UseOrigins(WebApplication app, AllowedOrigins origins)
    {
        if (origins.Named.Count > 0)
        {
            app.UseCors(policy =>
                policy
                    .WithOrigins([.. origins.Named])
                    .WithMethods(HttpMethods.Get, HttpMethods.Post)
                    .AllowAnyHeader()
                    .WithExposedHeaders("Retry-After")
                    .SetPreflightMaxAge(PreflightAge)
            );
        }
    }

    private static RateLimiterOptions Limit(
        IServiceProvider services,
        Func<CallRates, PartitionedRateLimiter<CallSource>> which
    ) =>
        new()
        {
            GlobalLimiter = which(services.GetRequiredService<CallRates>())
                .WithTranslatedKey<HttpContext>(context => CallSource.Of(context), leaveOpen: true),
            OnRejected = async (rejected, _) =>
            {
                var wait = CallRates.WaitOf(rejected.Lease);
                var context = rejected.HttpContext;
                context.Response.Headers.RetryAfter = CallRates
                    .Seconds(wait)
                    .ToString(System.Globalization.CultureInfo.InvariantCulture);
                await services
                    .GetRequiredService<HttpResponder>()
                    .WriteErrorAsync(context, new TransportError(CallRates.Code, CallRates.Explain(wait)));
            },
        };
}
