using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class TwinStoreTests
{
    [Theory, EveryStore(Memory = true)]
    public async Task A_commit_keeps_the_rows_and_wakes_those_who_wait(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var next = store.Commits.Next;

        await store.Store.WriteAsync((context, _) => Rows.AddOrganization(context, "acme"), CancellationToken.None);

        Assert.True(next.IsCompleted);
        Assert.Equal(1, await CountAsync(store));
    }

    [Theory, EveryStore(Memory = true)]
    public async Task Work_that_fails_leaves_nothing_and_wakes_nobody(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var next = store.Commits.Next;

        await Assert.ThrowsAsync<FormatException>(() =>
            store.Store.WriteAsync(
                async (context, cancellationToken) =>
                {
                    await Rows.AddOrganization(context, "acme");
                    await context.SaveChangesAsync(cancellationToken);
                    throw new FormatException();
                },
                CancellationToken.None
            )
        );

        Assert.False(next.IsCompleted);
        Assert.Equal(0, await CountAsync(store));
    }

    [Theory, EveryStore(Memory = true)]
    public async Task Two_hundred_writers_at_once_all_get_their_turn(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);

        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(number =>
                    Task.Run(() =>
                        store.Store.WriteAsync(
                            (context, _) => Rows.AddOrganization(context, $"{number}"),
                            CancellationToken.None
                        )
                    )
                )
        );

        Assert.Equal(200, await CountAsync(store));
    }

    [Theory, EveryStore(Memory = true)]
    public async Task Readers_go_on_while_one_writes_and_see_nothing_of_it_before_the_commit(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);

        await store.Store.WriteAsync(
            async (context, cancellationToken) =>
            {
                await Rows.AddOrganization(context, "acme");
                await context.SaveChangesAsync(cancellationToken);
                var counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => CountAsync(store))));
                Assert.All(counts, count => Assert.Equal(0, count));
            },
            CancellationToken.None
        );

        Assert.Equal(1, await CountAsync(store));
    }

    [Fact]
    public async Task Of_two_transactions_in_a_deadlock_the_loser_runs_again()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await store.Store.WriteAsync(
            async (context, _) =>
            {
                await Rows.AddOrganization(context, "a");
                await Rows.AddOrganization(context, "b");
            },
            CancellationToken.None
        );
        var bothHoldOne = new CountdownEvent(2);
        var runs = 0;

        await Task.WhenAll(MoveAsync("a", "b"), MoveAsync("b", "a"));

        Assert.Equal(3, runs);
        await using var context = await store.OpenAsync();
        var instants = await context.Organizations.Select(row => row.CreatedAt).ToListAsync();
        Assert.All(instants, instant => Assert.Equal(Rows.Instant.AddHours(2), instant));

        Task MoveAsync(string first, string second) =>
            Task.Run(() =>
                store.Store.WriteAsync(
                    async (context, cancellationToken) =>
                    {
                        Interlocked.Increment(ref runs);
                        await MoveOneAsync(context, first, cancellationToken);
                        if (!bothHoldOne.IsSet)
                        {
                            bothHoldOne.Signal();
                            bothHoldOne.Wait(cancellationToken);
                        }

                        await MoveOneAsync(context, second, cancellationToken);
                    },
                    CancellationToken.None
                )
            );
    }

    [Theory]
    [InlineData("40001", 3)]
    [InlineData("40P01", 3)]
    [InlineData("22012", 1)]
    public async Task Work_runs_again_after_a_lost_race_and_only_then(string sqlState, int expectedRuns)
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        var runs = 0;

        var failure = await Record.ExceptionAsync(() =>
            store.Store.WriteAsync(
                async (context, cancellationToken) =>
                {
                    await Rows.AddOrganization(context, $"run {++runs}");
                    await context.SaveChangesAsync(cancellationToken);
                    if (runs < 3)
                    {
                        var fail = "do $$ begin raise exception using errcode = '" + sqlState + "'; end $$";
                        await context.Database.ExecuteSqlRawAsync(fail, cancellationToken);
                    }
                },
                CancellationToken.None
            )
        );

        Assert.Equal(expectedRuns, runs);
        Assert.Equal(expectedRuns == 1, failure is not null);
        Assert.Equal(expectedRuns == 1 ? 0 : 1, await CountAsync(store));
    }

    private static Task<int> MoveOneAsync(TwinDbContext context, string id, CancellationToken cancellationToken) =>
        context
            .Organizations.Where(row => row.Id == id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.CreatedAt, row => row.CreatedAt.AddHours(1)),
                cancellationToken
            );

    private static async Task<int> CountAsync(TestStore store)
    {
        await using var context = await store.OpenAsync();
        return await context.Organizations.CountAsync();
    }
}
