using DeviceTwin.Api.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The people's door: GraphQL over HTTP, Server-Sent Events and WebSocket.</summary>
public static class GraphQLTransports
{
    /// <summary>
    /// Adds the transports. They need an <see cref="IRequestExecutor"/>, an <see cref="ISchemaDocument"/>, GraphQL.NET's
    /// serializer and the <see cref="Configuration.Settings"/>; an <see cref="IConnectionAuthenticator"/> that was added
    /// before takes the place of the default one.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <returns>The same.</returns>
    public static IServiceCollection AddGraphQLTransports(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IConnectionAuthenticator, SocketAuthenticator>();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<RequestParser>();
        services.AddSingleton<PostRequestReader>();
        services.AddSingleton<HttpResponder>();
        services.AddSingleton<HttpTransport>();
        services.AddSingleton<EventStreamTransport>();
        services.AddSingleton<SchemaPages>();
        services.AddSingleton<SocketFrames>();
        services.AddSingleton<SocketServices>();
        services.AddSingleton<SocketTransport>();
        return services;
    }

    /// <summary>Recognises the caller of every request. It stands before what responds to them.</summary>
    /// <param name="application">Where to.</param>
    public static void UseCallers(this IApplicationBuilder application) =>
        application.UseWebSockets().UseMiddleware<CallerMiddleware>();

    /// <summary>Maps the transports to a path, and the schema's text to <c>schema.graphql</c> behind it.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="path">The path of all transports.</param>
    /// <returns>The same.</returns>
    public static IEndpointRouteBuilder MapGraphQLTransports(
        this IEndpointRouteBuilder endpoints,
        string path = "/graphql"
    )
    {
        SocketTransport sockets = endpoints.ServiceProvider.GetRequiredService<SocketTransport>();
        HttpTransport http = endpoints.ServiceProvider.GetRequiredService<HttpTransport>();
        SchemaPages pages = endpoints.ServiceProvider.GetRequiredService<SchemaPages>();

        IApplicationBuilder pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.UseRequestDecompression();
        pipeline.UseResponseCompression();
        pipeline.Run(context =>
            context.WebSockets.IsWebSocketRequest ? sockets.HandleAsync(context) : http.HandleAsync(context)
        );
        endpoints.Map(path, pipeline.Build()).WithMetadata(new AuthenticatesOnConnection());
        IApplicationBuilder schema = endpoints.CreateApplicationBuilder();
        schema.UseResponseCompression();
        schema.Run(pages.AnswerSchemaAsync);
        endpoints.MapMethods($"{path}/{SchemaPages.SchemaFile}", [HttpMethods.Get, HttpMethods.Head], schema.Build());
        return endpoints;
    }
}
