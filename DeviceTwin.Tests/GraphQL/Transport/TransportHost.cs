using System.Security.Claims;
using System.Text;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Web;
using GraphQL;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>The transports on a real server, over a schema of the tests' own.</summary>
public sealed class TransportHost : IAsyncDisposable
{
    private readonly WebApplication application;

    private TransportHost(WebApplication application, FakeTimeProvider clock)
    {
        this.application = application;
        Clock = clock;
        Address = new Uri(application.Urls.Single());
        Http = new HttpClient { BaseAddress = Address };
    }

    public FakeTimeProvider Clock { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public Feed Feed => application.Services.GetRequiredService<Feed>();

    public OpenConnections Connections => application.Services.GetRequiredService<OpenConnections>();

    public static async Task<TransportHost> StartAsync(
        Action<GraphQLSettings>? configure = null,
        Action<IServiceCollection>? services = null
    )
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var settings = new Settings();
        configure?.Invoke(settings.GraphQL);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<Feed>();
        builder.Services.AddSingleton<ISchemaDocument, FixedSchemaDocument>();
        builder.Services.AddSingleton<IRequestExecutor, SchemaExecutor>();
        builder.Services.AddGraphQL(graphQL =>
            graphQL
                .AddAutoSchema<TransportQuery>(schema =>
                    schema.WithMutation<TransportMutation>().WithSubscription<TransportSubscription>()
                )
                .AddSystemTextJson()
        );
        services?.Invoke(builder.Services);
        builder.Services.TryAddSingleton<IConnectionAuthenticator, RequestUserAuthenticator>();
        builder.Services.AddWebDoor();
        builder.Services.AddGraphQLTransports();
        WebApplication built = builder.Build();
        built.MapGraphQLTransports();
        await built.StartAsync();
        return new TransportHost(built, clock);
    }

    public Task<HttpResponseMessage> PostAsync(
        string body,
        string? accept = null,
        string? contentType = "application/json",
        params (string Name, string Value)[] headers
    ) =>
        SendAsync(
            HttpMethod.Post,
            "/graphql",
            new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
            accept,
            contentType,
            headers
        );

    public Task<HttpResponseMessage> GetAsync(string pathAndQuery, string? accept = null) =>
        SendAsync(HttpMethod.Get, pathAndQuery, content: null, accept, contentType: null);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string pathAndQuery,
        HttpContent? content,
        string? accept,
        string? contentType,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, pathAndQuery) { Content = content };
        if (contentType is not null)
        {
            content!.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task StopAsync() => application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await application.DisposeAsync();
    }

    private sealed class FixedSchemaDocument : ISchemaDocument
    {
        public string Sdl => "type Query { hello(name: String): String }";

        public bool IsFor(ClaimsPrincipal user) => true;
    }
}
