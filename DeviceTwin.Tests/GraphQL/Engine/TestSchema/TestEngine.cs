using System.Security.Claims;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Data.Values;
using GraphQL;
using GraphQL.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DeviceTwin.Tests.GraphQL.Engine.TestSchema;

/// <summary>The engine with the tests' own schema.</summary>
public sealed class TestEngine : IDisposable
{
    private readonly ServiceProvider services;

    public TestEngine(Action<GraphQLSettings>? configure = null)
    {
        configure?.Invoke(Settings.GraphQL);
        services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log))
            .AddSingleton(Settings)
            .AddSingleton(Library)
            .AddSingleton(Fetches)
            .AddScoped<LabelLoader>()
            .AddScoped<WordLoader>()
            .AddScoped<BrokenLoader>()
            .AddScoped<INodeResolver, ThingResolver>()
            .AddGraphQLEngine<TestQuery, TestMutation, TestSubscription>()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public Settings Settings { get; } = new();

    public Library Library { get; } = new();

    public Fetches Fetches { get; } = new();

    public LogCapture Log { get; } = new();

    public string Sdl => services.GetRequiredService<ISchemaDocument>().Sdl;

    public async Task<ExecutionResult> ExecuteAsync(
        string? query,
        string? variables = null,
        AllowedOperations allowed =
            AllowedOperations.Query | AllowedOperations.Mutation | AllowedOperations.Subscription,
        string? operationName = null,
        CancellationToken cancellationToken = default
    )
    {
        var serializer = services.GetRequiredService<IGraphQLTextSerializer>();
        var request = new GraphQLRequest
        {
            Query = query,
            OperationName = operationName,
            Variables = variables is null ? null : serializer.Deserialize<Inputs>(variables),
        };
        await using var scope = services.CreateAsyncScope();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada")], "test"));
        return await services
            .GetRequiredService<IRequestExecutor>()
            .ExecuteAsync(new OperationRequest(request, user, scope.ServiceProvider, allowed), cancellationToken);
    }

    /// <summary>The answer as it goes over the wire.</summary>
    public async Task<JsonElement> AskAsync(string query, string? variables = null) =>
        Serialize(await ExecuteAsync(query, variables));

    public JsonElement Serialize(ExecutionResult result) =>
        JsonElement.Parse(
            services.GetRequiredService<IGraphQLTextSerializer>().Serialize(result),
            new JsonDocumentOptions { MaxDepth = ValueLimits.MessageDepth }
        );

    /// <summary>The code of the only error.</summary>
    public async Task<string?> CodeOfAsync(string query, string? variables = null)
    {
        var error = Assert.Single((await AskAsync(query, variables)).GetProperty("errors").EnumerateArray());
        return error.GetProperty("extensions").GetProperty("code").GetString();
    }

    public void Dispose()
    {
        services.Dispose();
        Library.Dispose();
        Log.Dispose();
    }
}

/// <summary>Keeps what is logged.</summary>
public sealed class LogCapture : ILoggerProvider, ILogger
{
    public System.Collections.Concurrent.ConcurrentQueue<string> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
        {
            Entries.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose() { }
}
