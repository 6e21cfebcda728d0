using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What a GET without a query gets: the schema as text, or a page that says how to go on.</summary>
internal sealed class SchemaPages(ISchemaDocument schema, HttpResponder responder)
{
    private static readonly string[] RequestParameters = ["query", "documentId", "id", "extensions"];

    /// <summary>Where the schema is, behind the endpoint's path.</summary>
    public const string SchemaFile = "schema.graphql";

    /// <summary>Answers if the schema or a page was asked for.</summary>
    /// <param name="context">The GET.</param>
    /// <returns>False if this is a GraphQL request.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (Array.Exists(RequestParameters, request.Query.ContainsKey))
        {
            return false;
        }

        if (request.Query.ContainsKey("sdl"))
        {
            await AnswerSchemaAsync(context);
            return true;
        }

        IList<MediaTypeHeaderValue> accept = request.GetTypedHeaders().Accept;
        if (!accept.Any(range => range.MediaType.Equals(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(PageAt(request), context.RequestAborted);
        return true;
    }

    /// <summary>Answers with the schema.</summary>
    /// <param name="context">The GET.</param>
    public Task AnswerSchemaAsync(HttpContext context)
    {
        if (!schema.IsFor(context.User))
        {
            var error = new TransportError(
                TransportError.IntrospectionDisabled,
                "The schema is not shown to you (graphql.introspection)."
            );
            return responder.WriteErrorAsync(context, error);
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(schema.Sdl, context.RequestAborted);
    }

    private static string PageAt(HttpRequest request)
    {
        string path = System.Net.WebUtility.HtmlEncode(request.PathBase + request.Path);
        string host = System.Net.WebUtility.HtmlEncode(request.Host.Value ?? string.Empty);
        string socketScheme = request.IsHttps ? "wss" : "ws";
        return $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>Device Twin GraphQL</title>
            <h1>Device Twin</h1>
            <p>This is a GraphQL endpoint. Point your GraphQL client (Nitro, Apollo Sandbox, Altair, Postman) here:</p>
            <ul>
              <li>queries and mutations: <code>{{request.Scheme}}://{{host}}{{path}}</code>, POST with <code>Content-Type: application/json</code></li>
              <li>subscriptions: <code>{{socketScheme}}://{{host}}{{path}}</code>, sub-protocol <code>graphql-transport-ws</code>,
                or POST or GET with <code>Accept: text/event-stream</code></li>
              <li>schema: <a href="{{path}}/{{SchemaFile}}">{{path}}/{{SchemaFile}}</a></li>
            </ul>
            </html>
            """;
    }
}
