using System.Text;
using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;
using GraphQL.Execution;
using GraphQL.MicrosoftDI;
using ExecutionContext = GraphQL.Execution.ExecutionContext;

namespace DeviceTwin.Api.GraphQL.Engine.Sharing;

/// <summary>Executes subscriptions: each event in a scope of its own, and one that comes to many once for equal operations.</summary>
/// <param name="scopes">Makes the scopes.</param>
/// <param name="shared">What was executed for others.</param>
/// <param name="serializer">Serializes what goes to many.</param>
internal sealed class SharedEventStrategy(
    IServiceScopeFactory scopes,
    SharedAnswers shared,
    IGraphQLTextSerializer serializer
) : ScopedSubscriptionExecutionStrategy(scopes)
{
    private const string PlaceKey = "deviceTwin.sharedPlace";

    /// <inheritdoc/>
    protected override async Task<IObservable<ExecutionResult>?> ResolveResponseStreamAsync(
        ExecutionContext context,
        ExecutionNode node
    )
    {
        var userContext = context.UserContext;
        var stream = await base.ResolveResponseStreamAsync(context, node);
        return stream is not null && userContext.TryGetValue(SharedOperation.UserContextKey, out var operation)
            ? new SharingStream(stream, shared, (SharedOperation)operation!, userContext)
            : stream;
    }

    /// <inheritdoc/>
    protected override async ValueTask<ExecutionResult> ProcessDataAsync(
        ExecutionContext context,
        ExecutionNode node,
        object? value
    )
    {
        if (value is not ISharedEvent occurrence || !context.UserContext.TryGetValue(PlaceKey, out var place))
        {
            return await base.ProcessDataAsync(context, node, value);
        }

        return await ((SharedAnswers.Place)place!).GetAsync(occurrence, ExecuteAsync)
            // Errors are finished for each caller by itself.
            ?? await base.ProcessDataAsync(context, node, value);

        async Task<SharedResult?> ExecuteAsync()
        {
            // Whoever waits for it must not lose it because this subscriber goes.
            context.CancellationToken = CancellationToken.None;
            var result = await base.ProcessDataAsync(context, node, value);
            return result.Errors is null
                ? new SharedResult(Encoding.UTF8.GetBytes(serializer.Serialize(result))) { Executed = true }
                : null;
        }
    }

    private sealed class SharingStream(
        IObservable<ExecutionResult> events,
        SharedAnswers shared,
        SharedOperation operation,
        IDictionary<string, object?> userContext
    ) : IObservable<ExecutionResult>
    {
        public IDisposable Subscribe(IObserver<ExecutionResult> observer)
        {
            var place = shared.Enter(operation);
            userContext[PlaceKey] = place;
            return new Subscription(events.Subscribe(observer), place);
        }
    }

    private sealed class Subscription(IDisposable events, SharedAnswers.Place place) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                events.Dispose();
                place.Dispose();
            }
        }
    }
}
