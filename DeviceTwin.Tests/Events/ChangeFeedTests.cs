using System.Collections.Concurrent;
using System.Globalization;
using DeviceTwin.Api.Events;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Retention;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Events;

public sealed class ChangeFeedTests
{
    private static readonly ChangeFilter Acme = new("acme");

    [Theory, EveryStore]
    public async Task What_commits_after_subscribing_is_told_however_late_the_reading_starts(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        await store.WriteSettledAsync(Some.Change("before"));

        var changes = await process.SubscribeAsync(Acme, null);
        await store.WriteAsync(Some.Change("d1"), Some.Change("d1", organization: "other"));
        await store.WriteAsync(Some.Change("d2", kinds: ChangeKinds.Connectivity), Some.Change("d3"));

        Assert.Equal(["d1", "d3"], (await changes.NextAsync(2)).Devices());
    }

    [Theory, EveryStore]
    public async Task A_listener_goes_on_from_a_cursor_in_a_new_process_without_gap_or_double(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        List<TwinChange> told;
        await using (var process = await EventProcess.StartAsync(store))
        {
            var changes = await process.SubscribeAsync(Acme, null);
            await WriteManyAsync(store, 0, 30);
            told = await changes.NextAsync(20);
        }

        await WriteManyAsync(store, 30, 700);
        Assert.True(ChangeCursor.TryParse(ChangeCursor.Format(ChangePosition.Of(told[^1])), out var cursor));
        await using var next = await EventProcess.StartAsync(store);
        var writing = WriteManyAsync(store, 700, 900);
        var rest = await next.SubscribeAsync(Acme, cursor);
        told.AddRange(await rest.NextAsync(880));
        await writing;

        Assert.Equal(Enumerable.Range(0, 900).Select(Name), told.Devices());
    }

    [Theory, EveryStore]
    public async Task A_change_that_cannot_be_read_keeps_nobody_from_those_behind_it(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        var live = await process.SubscribeAsync(Acme, null);
        var begun = await process.Feed.BeginAsync(null, CancellationToken.None);
        var written = await store.Store.WriteAsync(
            async (context, token) =>
            {
                TwinChange[] changes = [.. Enumerable.Range(0, 9).Select(number => Some.Change(Name(number)))];
                context.AddRange(changes);
                await context.SaveChangesAsync(token);
                await context.Database.ExecuteSqlAsync(
                    $$"""update twin_change set groups_joined = '{"no":"list"}' where device_id = {{Name(4)}}""",
                    token
                );
                return changes;
            },
            CancellationToken.None
        );

        string[] others = [.. written.Select(change => change.DeviceId).Where(device => device != Name(4))];
        Assert.Equal(others, (await live.NextAsync(8)).Devices());
        // Neither does it who reads the store.
        var read = await process.Log.ReadAsync(Acme, begun, 100, CancellationToken.None);
        Assert.Equal(others, read.Devices());
    }

    [Theory, EveryStore]
    public async Task A_listener_that_is_further_behind_than_memory_reads_the_store(StoreKind kind)
    {
        const int Many = RecentChanges.Capacity + 1_000;
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        var changes = await process.SubscribeAsync(Acme, null);
        await using var enumerator = changes.GetAsyncEnumerator();
        var first = enumerator.MoveNextAsync();
        await store.WriteSettledAsync([.. Enumerable.Range(0, Many).Select(number => Some.Change(Name(number)))]);
        Assert.True(await first);
        var last = await process.Log.NewestAsync(CancellationToken.None);
        var other = await process.SubscribeAsync(Acme, null);
        await store.WriteAsync(Some.Change("last"));
        await other.NextAsync(1);

        var told = new List<string> { enumerator.Current.DeviceId };
        while (told.Count < Many)
        {
            Assert.True(await enumerator.MoveNextAsync());
            told.Add(enumerator.Current.DeviceId);
        }

        Assert.Equal(last, ChangePosition.Of(enumerator.Current));
        Assert.Equal(Enumerable.Range(0, Many).Select(Name), told);
    }

    [Fact]
    public async Task Transactions_that_commit_out_of_order_are_all_told_once_and_in_order()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var process = await EventProcess.StartAsync(store);
        var changes = await process.SubscribeAsync(Acme, null);
        var reading = changes.NextAsync(400);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, token) =>
                await store.Store.WriteAsync(
                    async (context, inner) =>
                    {
                        context.Add(Some.Change(Name(number)));
                        await context.SaveChangesAsync(inner);
                        // Some commit long after younger ones.
                        await context.Database.ExecuteSqlAsync(
                            $"select pg_sleep({(number % 10 == 0 ? 0.05 : 0.0)})",
                            inner
                        );
                    },
                    token
                )
        );
        var told = await reading;

        Assert.Equal(Enumerable.Range(0, 400).Select(Name).Order(), told.Devices().Order());
        Assert.Equal(told.Select(ChangePosition.Of).Order(), told.Select(ChangePosition.Of));
    }

    [Theory, EveryStore]
    public async Task A_thousand_listeners_that_are_up_to_date_cost_no_statement(StoreKind kind)
    {
        const int Many = 1_000;
        await using var store = await TestStore.CreateAsync(kind);
        // No polls: what is counted are the statements that commits cause.
        await using var process = await EventProcess.StartAsync(store, TimeSpan.FromMinutes(5));
        var told = new ConcurrentBag<string>();
        using var ending = new CancellationTokenSource();
        var listeners = new List<Task>();
        for (var number = 0; number < Many; number++)
        {
            var filter = Acme with { DeviceIds = new HashSet<string> { Name(number) } };
            var changes = await process.SubscribeAsync(filter, null);
            listeners.Add(CollectAsync(changes, told, ending.Token));
        }

        await Eventually.BecomesTrueAsync(() => process.Feed.Listeners == Many, "all listen");
        store.Commands.Clear();
        for (var number = 0; number < 10; number++)
        {
            await store.WriteAsync([.. Enumerable.Range(number * 100, 100).Select(each => Some.Change(Name(each)))]);
        }

        await Eventually.BecomesTrueAsync(() => told.Count == Many, "each listener hears of its device");
        var reads = store.Commands.Statements.Count(statement =>
            statement.StartsWith("select", StringComparison.OrdinalIgnoreCase)
        );
        await ending.CancelAsync();
        await Task.WhenAll(listeners);

        Assert.Equal(Many, told.Distinct().Count());
        // A few for each of ten commits; one for each listener would be a thousand.
        Assert.InRange(reads, 1, Many / 2);
        Assert.Equal(0, process.Feed.Listeners);
        Assert.Equal(0, process.Feed.Organizations);
    }

    [Theory, EveryStore]
    public async Task A_cursor_that_the_log_does_not_know_is_refused(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        await store.WriteSettledAsync(Some.Change("d1"), Some.Change("d2"), Some.Change("d3"));
        var oldest = (await process.Log.ReadAsync(Acme, default, 1, CancellationToken.None))[0];
        var future = new ChangePosition(long.MaxValue, 1);
        await TrimAsync(store);

        await Assert.ThrowsAsync<CursorExpiredException>(() => process.SubscribeAsync(Acme, ChangePosition.Of(oldest)));
        await Assert.ThrowsAsync<CursorInvalidException>(() => process.SubscribeAsync(Acme, future));
    }

    [Theory, EveryStore]
    public async Task A_listener_that_reads_so_late_that_changes_are_gone_is_told_so(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        await store.WriteSettledAsync(Some.Change("d1"), Some.Change("d2"), Some.Change("d3"));
        var oldest = (await process.Log.ReadAsync(Acme, default, 1, CancellationToken.None))[0];
        var other = await process.SubscribeAsync(Acme, null);
        var late = await process.SubscribeAsync(Acme, ChangePosition.Of(oldest));
        await store.WriteAsync(Some.Change("d4"));
        await other.NextAsync(1);
        await TrimAsync(store);

        await Assert.ThrowsAsync<CursorExpiredException>(() => late.NextAsync(1));
        Assert.Equal(0, process.Feed.Listeners);
    }

    [Theory, EveryStore]
    public async Task While_the_log_cannot_be_read_one_line_is_logged_and_afterwards_nothing_is_missing(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store, TimeSpan.FromMilliseconds(10));
        var changes = await process.SubscribeAsync(Acme, null);
        await using (var context = await store.OpenAsync())
        {
            await context.Database.ExecuteSqlAsync($"alter table twin_change rename to away");
            store.Commands.Clear();
            await Eventually.BecomesTrueAsync(() => process.Logger.Errors > 0, "it is logged");
            store.Commands.Clear();
            await Eventually.BecomesTrueAsync(() => store.Commands.Count > 10, "the tail keeps trying");
            Assert.Equal(1, process.Logger.Errors);
            await context.Database.ExecuteSqlAsync($"alter table away rename to twin_change");
        }

        await store.WriteAsync(Some.Change("d1"));

        Assert.Equal(["d1"], (await changes.NextAsync(1)).Devices());
        Assert.Equal(1, process.Logger.Errors);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"device-{number:D5}");

    private static async Task WriteManyAsync(TestStore store, int from, int to)
    {
        for (var number = from; number < to; number += 10)
        {
            await store.WriteAsync([.. Enumerable.Range(number, 10).Select(each => Some.Change(Name(each)))]);
        }
    }

    private static async Task CollectAsync(
        IAsyncEnumerable<TwinChange> changes,
        ConcurrentBag<string> told,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var change in changes.WithCancellation(cancellationToken))
            {
                told.Add(change.DeviceId);
            }
        }
        catch (OperationCanceledException)
        {
            // The test's end.
        }
    }

    private static Task<int> TrimAsync(TestStore store) =>
        store.Store.WriteAsync(
            (context, token) => RetentionStatements.DeleteChangesAsync(context, Some.Instant.AddYears(1), 100, token),
            CancellationToken.None
        );
}
