using System.Net;
using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;
using GraphQLParser.AST;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>An executor that gives no reason: clients get one all the same, an empty list would end more than the operation.</summary>
public sealed class EmptyErrorTests
{
    [Theory]
    [InlineData("application/graphql-response+json")]
    [InlineData("application/json")]
    public async Task Over_HTTP_a_failure_is_500_with_an_error(string accept)
    {
        await using var host = await StartAsync();

        await HttpAnswer.AssertErrorAsync(
            await host.PostAsync("""{"query":"{hello}"}""", accept),
            HttpStatusCode.InternalServerError,
            "INTERNAL_SERVER_ERROR"
        );
    }

    [Fact]
    public async Task An_event_stream_has_an_event_with_an_error()
    {
        await using var host = await StartAsync();

        using var answer = await host.PostAsync("""{"query":"subscription{feed}"}""", "text/event-stream");

        Assert.Contains("INTERNAL_SERVER_ERROR", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_WebSocket_gets_an_error_message_with_an_error()
    {
        await using var host = await StartAsync();
        using var client = await SocketClient.OpenAndInitialiseAsync(host);

        await client.SendAsync("""{"type":"subscribe","id":"1","payload":{"query":"subscription{feed}"}}""");

        var message = await client.ReceiveAsync();
        Assert.Equal("error", message.GetProperty("type").GetString());
        var error = Assert.Single(message.GetProperty("payload").EnumerateArray());
        Assert.Equal("INTERNAL_SERVER_ERROR", error.At("extensions", "code").GetString());
    }

    private static Task<TransportHost> StartAsync() =>
        TransportHost.StartAsync(services: services => services.AddSingleton<IRequestExecutor, SilentExecutor>());

    private sealed class SilentExecutor : IRequestExecutor
    {
        public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(
                request.Request.Query!.StartsWith("subscription", StringComparison.Ordinal)
                    ? new ExecutionResult
                    {
                        Executed = true,
                        Operation = new GraphQLOperationDefinition(new GraphQLSelectionSet([]))
                        {
                            Operation = OperationType.Subscription,
                        },
                    }
                    : new ExecutionResult { Errors = [] }
            );
    }
}
