using System.Text.Json;
using DeviceTwin.Api.Configuration;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace DeviceTwin.Api.Web;

/// <summary>
/// The dashboard at <c>/</c> and the explorer for browsers at <c>/graphql</c>. Both are open to all: they hold no data, and whoever
/// uses them signs in to the API.
/// </summary>
public static class DashboardPages
{
    private const string Files = "/assets";

    private const string Missing = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>Device Twin</title>
        <h1>Device Twin</h1>
        <p>The service runs; its dashboard was not built. Install Node 20.19 or newer and build again:</p>
        <pre>dotnet build DeviceTwin.Api</pre>
        <p>The API needs no dashboard: it is at <a href="/graphql">/graphql</a>.</p>
        </html>
        """;

    // Each view of the dashboard has an address, so that it can be kept and sent.
    private static readonly string[] Views =
    [
        "/",
        "/devices/{**rest}",
        "/groups/{**rest}",
        "/models/{**rest}",
        "/jobs/{**rest}",
        "/set-aside",
        "/sign-in",
    ];

    private static readonly string[] RequestParameters = ["query", "documentId", "id", "extensions", "sdl"];

    /// <summary>Serves the built files, and the explorer. Stands before authentication.</summary>
    /// <param name="app">The service.</param>
    /// <param name="folder">Where they were built; they may not be there.</param>
    public static void UseDashboardFiles(this WebApplication app, string folder)
    {
        ArgumentNullException.ThrowIfNull(app);
        var explorer = new BuiltPage(folder, "explorer.html");
        if (explorer.IsThere && app.Services.GetRequiredService<Settings>().GraphQL.Ide)
        {
            // Its editor writes styles where no number can be given to them.
            const string Policy =
                "script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:";
            app.UseWhen(IsForExplorer, branch => branch.Run(context => explorer.WriteAsync(context, Policy)));
        }

        var files = Path.Combine(folder, Files.TrimStart('/'));
        if (Directory.Exists(files))
        {
            app.UseWhen(
                context => context.Request.Path.StartsWithSegments(Files, StringComparison.Ordinal),
                branch => ServeFiles(branch, files)
            );
        }
    }

    /// <summary>Maps the dashboard's views.</summary>
    /// <param name="app">The service.</param>
    /// <param name="folder">Where they were built; where they are not there, a page says how to build them.</param>
    public static void MapDashboard(this WebApplication app, string folder)
    {
        ArgumentNullException.ThrowIfNull(app);
        var page = new BuiltPage(folder, "index.html");
        var authentication = app.Services.GetRequiredService<Settings>().Authentication;
        var signIn = JsonSerializer.Serialize(SignIn.By(authentication), SignInJson.Default.SignIn);
        var policy =
            $"script-src 'self'; style-src 'self' 'nonce-{{nonce}}'; font-src 'self'; connect-src 'self' {OriginOf(authentication)}";
        foreach (var view in Views)
        {
            app.MapMethods(view, [HttpMethods.Get, HttpMethods.Head], AnswerAsync).AllowAnonymous();
        }

        Task AnswerAsync(HttpContext context)
        {
            if (page.IsThere)
            {
                return page.WriteAsync(context, policy, ("{sign-in}", signIn));
            }

            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(Missing, context.RequestAborted);
        }
    }

    // The one host beside our own that a page speaks to, where people sign in.
    private static string OriginOf(AuthenticationSettings authentication) =>
        authentication is { Provider: AuthenticationProvider.Oidc, Authority: { } authority }
            ? new Uri(authority).GetLeftPart(UriPartial.Authority)
            : "";

    private static bool IsForExplorer(HttpContext context) =>
        context.Request is { Method: "GET" or "HEAD", Path.Value: "/graphql" } request
        && !context.WebSockets.IsWebSocketRequest
        && !Array.Exists(RequestParameters, request.Query.ContainsKey)
        && request
            .GetTypedHeaders()
            .Accept.Any(range => range.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static void ServeFiles(IApplicationBuilder branch, string folder)
    {
        branch.UseResponseCompression();
        branch.UseStaticFiles(
            new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(folder),
                RequestPath = Files,
                ContentTypeProvider = new FileExtensionContentTypeProvider(),
                // Their names change with their content.
                OnPrepareResponse = file =>
                    file.Context.Response.Headers[HeaderNames.CacheControl] = "public, max-age=31536000, immutable",
            }
        );
    }
}
