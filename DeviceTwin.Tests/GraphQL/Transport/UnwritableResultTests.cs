using System.Net;
using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.GraphQL.Transport;

public sealed class UnwritableResultTests
{
    [Fact]
    public async Task A_result_that_cannot_be_written_is_500_with_an_error_and_not_an_empty_body()
    {
        await using var host = await TransportHost.StartAsync(services: services =>
            services.AddSingleton<IRequestExecutor, UnwritableExecutor>()
        );

        await HttpAnswer.AssertErrorAsync(
            await host.PostAsync("""{"query":"{hello}"}""", "application/json"),
            HttpStatusCode.InternalServerError,
            "INTERNAL_SERVER_ERROR"
        );
    }

    private sealed class UnwritableExecutor : IRequestExecutor
    {
        public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(
                new ExecutionResult
                {
                    Executed = true,
                    Data = new Dictionary<string, object> { ["hello"] = new Unwritable() },
                }
            );
    }

    // The serializer refuses delegates.
    private sealed class Unwritable
    {
        public Func<int> Value { get; } = () => 0;
    }
}
