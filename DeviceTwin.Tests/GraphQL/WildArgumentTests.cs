using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using DeviceTwin.Tests.Infrastructure;
using GraphQL;
using GraphQL.Transport;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>A caller's mistake is a caller's error, whatever it is: no argument makes the service say that it has a fault.</summary>
public sealed partial class WildArgumentTests(ITestOutputHelper output)
{
    // All of them, more than a hundred thousand, were tried once; a prime makes the sample go through all kinds.
    private const int Step = 37;

    private const AllowedOperations Everything =
        AllowedOperations.Query | AllowedOperations.Mutation | AllowedOperations.Subscription;

    [Theory]
    [EveryStore]
    public async Task No_value_of_any_argument_is_an_internal_error(StoreKind kind)
    {
        await using var host = await TwinHost.StartAsync(output: null, new TwinHostOptions { Store = kind });
        await host.AddDevicesAsync("d1", "d2");
        var identity = await host
            .Services.GetRequiredService<Authenticator>()
            .AuthenticateAsync(default, IPAddress.Loopback, CancellationToken.None);
        var serializer = host.Services.GetRequiredService<IGraphQLTextSerializer>();
        var executor = host.Services.GetRequiredService<IRequestExecutor>();
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var (asked, done) = (0, 0);
        var codes = new HashSet<string>(StringComparer.Ordinal);
        var all = new WildArguments(host.Services.GetRequiredService<ISchemaDocument>().Sdl).All();
        foreach (var (query, variables) in all.Where((_, index) => index % Step == 0))
        {
            asked++;
            var answer = await AskAsync(query, variables);
            done += answer.Contains("\"errors\":[{\"message", StringComparison.Ordinal) ? 0 : 1;
            codes.UnionWith(Codes().Matches(answer).Select(match => match.Groups[1].Value));
            if (
                answer.Contains("INTERNAL", StringComparison.Ordinal)
                || answer.Contains("STORE_UN", StringComparison.Ordinal)
            )
            {
                var text = variables.ToJsonString();
                faults.TryAdd(
                    query,
                    $"{query} {text[..Math.Min(text.Length, 300)]} {answer[..Math.Min(answer.Length, 300)]}"
                );
            }
        }

        output.WriteLine(
            $"{asked} requests, {done} of them done; codes: {string.Join(' ', codes.Order(StringComparer.Ordinal))}"
        );
        foreach (
            var line in host
                .Log.Lines.Where(line => line.Contains("GraphQL fault", StringComparison.Ordinal))
                .DistinctBy(line => line.Length)
        )
        {
            output.WriteLine(line);
        }

        // The values reach what they are for: some are fine, some are found wrong by types, scalars, paging and cursors.
        Assert.InRange(done, asked / 10, asked - (asked / 10));
        Assert.Superset(
            new HashSet<string>(
                ["INVALID_VALUE", "INVALID_PAGING", "INVALID_CURSOR", "FILTER_TOO_LARGE"],
                StringComparer.Ordinal
            ),
            codes
        );
        Assert.True(faults.Count == 0, string.Join('\n', faults.Values));

        async Task<string> AskAsync(string query, JsonObject variables)
        {
            await using var scope = host.Services.CreateAsyncScope();
            Inputs? inputs;
            try
            {
                inputs = serializer.ReadNode<Inputs>(JsonElement.Parse(variables.ToJsonString()));
            }
            catch (JsonException exception)
            {
                return exception.Message;
            }

            var request = new GraphQLRequest { Query = query, Variables = inputs };
            var result = await executor.ExecuteAsync(
                new OperationRequest(request, identity.User, scope.ServiceProvider, Everything),
                CancellationToken.None
            );
            if (result.Streams?.Values.FirstOrDefault() is not { } stream)
            {
                return serializer.Serialize(result.ToSend());
            }

            var observer = new First(serializer);
            using var subscription = stream.Subscribe(observer);
            await Task.WhenAny(observer.Answer.Task, Task.Delay(TimeSpan.FromMilliseconds(20)));
            return observer.Answer.Task.IsCompleted ? await observer.Answer.Task : "";
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex("\"code\":\"([A-Z_]+)\"")]
    private static partial System.Text.RegularExpressions.Regex Codes();

    private sealed class First(IGraphQLTextSerializer serializer) : IObserver<ExecutionResult>
    {
        public TaskCompletionSource<string> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnNext(ExecutionResult value) => Answer.TrySetResult(serializer.Serialize(value));

        public void OnError(Exception error) =>
            Answer.TrySetResult(error is ExecutionError { Code: { } code } ? code : $"INTERNAL {error}");

        public void OnCompleted() => Answer.TrySetResult("");
    }
}
