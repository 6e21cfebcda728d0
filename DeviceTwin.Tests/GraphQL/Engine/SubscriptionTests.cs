using System.Threading.Channels;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;
using GraphQL;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class SubscriptionTests : IDisposable
{
    private readonly TestEngine engine = new();

    [Fact]
    public async Task Each_event_is_executed_with_loaders_of_its_own()
    {
        var events = await ReadAsync("subscription { ticks(count: 2) { number thing { label again: label } } }");

        Assert.Equal(
            ["tick 1", "tick 2"],
            this.engine.Fetches.Labels.Select(Assert.Single).Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            """{"data":{"ticks":{"number":1,"thing":{"label":"label of tick 1","again":"label of tick 1"}}}}""",
            events
        );
    }

    [Fact]
    public async Task A_fault_in_an_event_is_masked_and_the_next_events_come()
    {
        var events = await ReadAsync("subscription { ticks(count: 3) { number late } }");

        Assert.Equal(3, events.Count);
        var broken = Assert.Single(events, text => text.Contains("INTERNAL_ERROR", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", broken, StringComparison.Ordinal);
        Assert.Contains("the event's secret", Assert.Single(this.engine.Log.Entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_source_ends_the_stream_and_is_masked()
    {
        var events = await ReadAsync("subscription { breaking { number } }");

        Assert.Equal(2, events.Count);
        Assert.Contains("INTERNAL_ERROR", events[1], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", events[1], StringComparison.Ordinal);
        Assert.Contains("the source's secret", Assert.Single(this.engine.Log.Entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_has_no_time_limit()
    {
        using var engine = new TestEngine(limits => limits.Timeout = TimeSpan.FromTicks(1));

        var result = await engine.ExecuteAsync("subscription { ticks(count: 1) { number } }");

        Assert.NotNull(result.Streams);
    }

    private async Task<List<string>> ReadAsync(string query)
    {
        var result = await this.engine.ExecuteAsync(query);
        var events = Channel.CreateUnbounded<string>();
        using var subscription = Assert.Single(result.Streams!).Value.Subscribe(new Reader(this.engine, events.Writer));

        var read = new List<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var text in events.Reader.ReadAllAsync(patience.Token))
        {
            read.Add(text);
        }
        return read;
    }

    private sealed class Reader(TestEngine engine, ChannelWriter<string> events) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => events.TryWrite(engine.Serialize(value).GetRawText());

        public void OnError(Exception error)
        {
            events.TryWrite(engine.Serialize(new ExecutionResult((ExecutionError)error)).GetRawText());
            events.Complete();
        }

        public void OnCompleted() => events.Complete();
    }

    public void Dispose() => this.engine.Dispose();
}
