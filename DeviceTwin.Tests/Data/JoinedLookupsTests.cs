using System.Collections.Concurrent;
using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Data;

public sealed class JoinedLookupsTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly Reader reader = new();
    private readonly JoinedLookups<string, string> lookups;

    public JoinedLookupsTests() => lookups = new JoinedLookups<string, string>(reader.ReadAsync, clock);

    [Fact]
    public async Task What_is_asked_for_while_a_statement_is_under_way_goes_together_and_each_gets_his_own()
    {
        var first = FindAsync("a");
        await reader.BeginsAsync(1);
        var second = FindAsync("b", "nobody");
        var third = FindAsync("c", "b");
        Assert.Single(reader.Begun);

        reader.Finish(0);
        await reader.BeginsAsync(2);
        reader.Finish(1);

        Assert.Equal(["A"], await first);
        Assert.Equal(["B"], await second);
        Assert.Equal(["C", "B"], await third);
        Assert.Equal(["b", "c", "nobody"], reader.Begun[1].Order());
    }

    [Fact]
    public async Task What_fails_fails_for_those_who_waited_for_it_and_not_for_the_next()
    {
        var first = FindAsync("a");
        await reader.BeginsAsync(1);
        var second = FindAsync("b");

        reader.Fail(0);
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        await reader.BeginsAsync(2);
        reader.Finish(1);

        Assert.Equal(["B"], await second);
    }

    [Fact]
    public async Task A_statement_that_does_not_end_holds_up_the_others_for_a_tenth_of_a_second()
    {
        var first = FindAsync("a");
        await reader.BeginsAsync(1);
        var second = FindAsync("b");

        await Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return reader.Begun.Count == 2;
            },
            "the second statement begins"
        );
        reader.Finish(1);

        Assert.Equal(["B"], await second);
        Assert.False(first.IsCompleted);
        reader.Finish(0);
        Assert.Equal(["A"], await first);
    }

    [Fact]
    public async Task Who_gives_up_takes_nothing_from_the_others()
    {
        using var givenUp = new CancellationTokenSource();
        var first = lookups.FindAsync(["a"], givenUp.Token);
        var second = FindAsync("a");
        await reader.BeginsAsync(1);

        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await reader.FinishAllAsync(second);

        Assert.Equal(["A"], await second);
    }

    [Fact]
    public async Task A_statement_runs_in_the_context_of_none_of_those_who_wait_for_it()
    {
        reader.Trace.Value = "the caller's";
        var asked = FindAsync("a");
        await reader.BeginsAsync(1);
        reader.Finish(0);

        Assert.Equal(["A"], await asked);
        Assert.Equal([null], reader.Traces);
    }

    private Task<IReadOnlyList<string>> FindAsync(params string[] keys) =>
        lookups.FindAsync(keys, CancellationToken.None);

    /// <summary>Answers each statement when the test says so: a letter's row is its capital.</summary>
    private sealed class Reader
    {
        private readonly ConcurrentQueue<(IReadOnlyList<string> Keys, TaskCompletionSource MayEnd)> statements = new();

        public AsyncLocal<string?> Trace { get; } = new();

        public ConcurrentQueue<string?> Traces { get; } = new();

        public IReadOnlyList<IReadOnlyList<string>> Begun => [.. statements.Select(statement => statement.Keys)];

        public async Task<IReadOnlyDictionary<string, string>> ReadAsync(
            IReadOnlyList<string> keys,
            CancellationToken cancellationToken
        )
        {
            var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Traces.Enqueue(Trace.Value);
            statements.Enqueue((keys, mayEnd));
            await mayEnd.Task.WaitAsync(cancellationToken);
            return keys.Where(key => key.Length == 1)
                .ToDictionary(key => key, key => key.ToUpperInvariant(), StringComparer.Ordinal);
        }

        public Task BeginsAsync(int count) =>
            Eventually.BecomesTrueAsync(() => statements.Count == count, $"statement {count} begins");

        public void Finish(int statement) => statements.ElementAt(statement).MayEnd.SetResult();

        public void Fail(int statement) => statements.ElementAt(statement).MayEnd.SetException(new TimeoutException());

        /// <summary>Whether the second who asked came along with the first is a matter of luck.</summary>
        public Task FinishAllAsync(Task until) =>
            Eventually.BecomesTrueAsync(
                () =>
                {
                    foreach (var (_, mayEnd) in statements)
                    {
                        mayEnd.TrySetResult();
                    }

                    return until.IsCompleted;
                },
                "all statements end"
            );
    }
}
