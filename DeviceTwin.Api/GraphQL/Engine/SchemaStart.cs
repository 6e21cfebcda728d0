using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Engine;

/// <summary>Builds the schema at the start: a wrong one stops the service, and no caller waits for it.</summary>
/// <param name="schema">The schema.</param>
public sealed class SchemaStart(ISchema schema) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        schema.Initialize();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
