using System.Security.Claims;
using System.Text;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
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
    }
}

/// <summary>The least that an executor has to do.</summary>
internal sealed class SchemaExecutor(IDocumentExecuter executer, ISchema schema) : IRequestExecutor
{
    public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        if (OperationOf(request) is { } operation && !request.Allowed.HasFlag(TypeOf(operation)))
        {
            var error = new RequestError("Not by this method.") { Code = "HTTP_METHOD_NOT_ALLOWED" };
            return Task.FromResult(new ExecutionResult(error) { Operation = operation });
        }

        return executer.ExecuteAsync(
            new ExecutionOptions
            {
                Schema = schema,
                Query = request.Request.Query,
                OperationName = request.Request.OperationName,
                Variables = request.Request.Variables,
                Extensions = request.Request.Extensions,
                User = request.User,
                RequestServices = request.Services,
                UserContext = request.CreateUserContext(),
                CancellationToken = cancellationToken,
                UnhandledExceptionDelegate = context =>
                {
                    context.ErrorMessage = "Masked";
                    context.Exception = new ExecutionError("Masked") { Code = "INTERNAL" };
                    return Task.CompletedTask;
                },
            }
        );
    }

    private static GraphQLOperationDefinition? OperationOf(OperationRequest request)
    {
        try
        {
            return Parser.Parse(request.Request.Query).Definitions.OfType<GraphQLOperationDefinition>().First();
        }
        catch (GraphQLSyntaxErrorException)
        {
            return null;
        }
    }

    private static AllowedOperations TypeOf(GraphQLOperationDefinition operation) =>
        operation.Operation switch
        {
            OperationType.Query => AllowedOperations.Query,
            OperationType.Mutation => AllowedOperations.Mutation,
            _ => AllowedOperations.Subscription,
        };
}

/// <summary>Answers every request with the same errors.</summary>
internal sealed class RefusingExecutor(params string[] codes) : IRequestExecutor
{
    public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        var result = new ExecutionResult();
        foreach (string code in codes)
        {
            result.AddError(new RequestError("Refused.") { Code = code });
        }

        return Task.FromResult(result);
    }
}

/// <summary>Breaks the executor's promise to answer with errors.</summary>
internal sealed class FailingExecutor : IRequestExecutor
{
    public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken) =>
        throw new OperationCanceledException("secret");
}

/// <summary>Knows callers by the token in <c>connection_init</c>: <c>name</c> and <c>seconds</c> to live.</summary>
internal sealed class TokenAuthenticator(TimeProvider clock) : IConnectionAuthenticator
{
    public ValueTask<ConnectionIdentity?> AuthenticateAsync(
        Microsoft.AspNetCore.Http.HttpContext context,
        JsonElement? initPayload,
        CancellationToken cancellationToken
    )
    {
        if (initPayload is not { } payload || !payload.TryGetProperty("name", out JsonElement name))
        {
            return ValueTask.FromResult<ConnectionIdentity?>(null);
        }

        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name.GetString()!)], "token"));
        DateTimeOffset? expiry = payload.TryGetProperty("seconds", out JsonElement seconds)
            ? seconds.GetDouble() < 0
                ? DateTimeOffset.MaxValue
                : clock.GetUtcNow().AddSeconds(seconds.GetDouble())
            : null;
        return ValueTask.FromResult<ConnectionIdentity?>(new ConnectionIdentity(user, expiry));
    }
}

internal static class Eventually
{
    public static async Task BecomesTrueAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"It did not come about in 30 s: {what}");
            await Task.Delay(10);
        }
    }
}
