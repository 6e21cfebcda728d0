using DeviceTwin.Api.Events;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Retention;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeviceTwin.Tests.Events;

public sealed class ChangeLogTests
{
    private static readonly ChangeFilter Acme = new("acme");

    [Theory, EveryStore]
    public async Task A_page_holds_the_wanted_changes_in_the_order_of_their_commits(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await store.WriteSettledAsync(Some.Change("d1"), Some.Change("d1", organization: "other"));
        await store.WriteSettledAsync(Some.Change("d2", kinds: ChangeKinds.Connectivity), Some.Change("d3"));
        await store.WriteSettledAsync(Some.Change("d2", kinds: ChangeKinds.Snaps | ChangeKinds.Connectivity));

        var all = await ReadAsync(log, Acme);
        var some = await ReadAsync(
            log,
            Acme with
            {
                DeviceIds = new HashSet<string> { "d2", "d3" },
            }
        );
        var none = await ReadAsync(log, Acme with { DeviceIds = new HashSet<string>() });
        var presence = await ReadAsync(log, Acme with { Kinds = ChangeKinds.Connectivity });
        var behind = await log.ReadAsync(Acme, ChangePosition.Of(all[0]), 1, CancellationToken.None);

        Assert.Equal(["d1", "d3", "d2"], all.Devices());
        Assert.Equal(["d3", "d2"], some.Devices());
        Assert.Empty(none);
        Assert.Equal(["d2", "d2"], presence.Devices());
        Assert.Equal(["d3"], behind.Devices());
        Assert.Equal(ChangePosition.Of(all[^1]), await log.NewestAsync(CancellationToken.None));
    }

    [Fact]
    public async Task No_page_goes_past_a_transaction_that_is_still_open()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await store.WriteSettledAsync(Some.Change("before"));
        var before = await log.NewestAsync(CancellationToken.None);
        await using var open = await store.OpenAsync();
        await using var transaction = await open.Database.BeginTransactionAsync();
        open.Add(Some.Change("older"));
        await open.SaveChangesAsync();
        await store.WriteAsync(Some.Change("younger"));

        Assert.Equal(["before"], (await ReadAsync(log, Acme)).Devices());
        Assert.Equal(before, await log.NewestAsync(CancellationToken.None));

        await transaction.CommitAsync();
        await store.SettleAsync();

        Assert.Equal(["before", "older", "younger"], (await ReadAsync(log, Acme)).Devices());
        Assert.NotEqual(before, await log.NewestAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_comes_next_and_whether_more_is_held_back_is_one_look_at_the_log()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await store.WriteSettledAsync(Some.Change("d1"), Some.Change("d2"));
        await using var open = await store.OpenAsync();
        await using var transaction = await open.Database.BeginTransactionAsync();
        open.Add(Some.Change("older"));
        await open.SaveChangesAsync();
        await store.WriteAsync(Some.Change("younger"));
        store.Commands.Clear();

        var (held, _) = await log.NextAsync(ChangePosition.Beginning, 10, CancellationToken.None);
        var (full, _) = await log.NextAsync(ChangePosition.Beginning, 2, CancellationToken.None);
        var (waiting, _) = await log.NextAsync(ChangePosition.Of(held.Changes[^1]), 1, CancellationToken.None);

        Assert.Equal(3, store.Commands.Statements.Count);
        Assert.Equal(["d1", "d2"], held.Changes.Devices());
        Assert.Equal((false, true), (held.IsFull, held.IsHeldBack));
        Assert.Equal(["d1", "d2"], full.Changes.Devices());
        Assert.Equal((true, false), (full.IsFull, full.IsHeldBack));
        Assert.Empty(waiting.Changes);
        Assert.True(waiting.IsHeldBack);

        await transaction.CommitAsync();
        await store.SettleAsync();
        var (rest, _) = await log.NextAsync(ChangePosition.Of(held.Changes[^1]), 10, CancellationToken.None);

        Assert.Equal(["older", "younger"], rest.Changes.Devices());
        Assert.False(rest.IsHeldBack);
    }

    [Theory, EveryStore]
    public async Task A_place_expires_when_changes_behind_it_are_let_go_of(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        for (var day = 0; day < 6; day++)
        {
            await store.WriteSettledAsync(Some.Change($"d{day}", at: Some.Instant.AddDays(day)));
        }

        var places = (await ReadAsync(log, Acme)).Select(ChangePosition.Of).ToList();
        await TrimAsync(store, Some.Instant.AddDays(3));

        Assert.Equal(["d2", "d3", "d4", "d5"], (await ReadAsync(log, Acme)).Devices());
        await Assert.ThrowsAsync<CursorExpiredException>(() => log.CheckAsync(places[0], CancellationToken.None));
        await Assert.ThrowsAsync<CursorExpiredException>(() => log.CheckAsync(places[1], CancellationToken.None));
        foreach (var place in places.Skip(2))
        {
            await log.CheckAsync(place, CancellationToken.None);
        }
    }

    [Theory, EveryStore]
    public async Task Whoever_read_all_can_go_on_however_long_nothing_changed(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await store.WriteSettledAsync(Some.Change("d1"), Some.Change("d2"), Some.Change("d3"));
        var newest = await log.NewestAsync(CancellationToken.None);

        await TrimAsync(store, Some.Instant.AddYears(1));

        Assert.Equal(["d3"], (await ReadAsync(log, Acme)).Devices());
        await log.CheckAsync(newest, CancellationToken.None);
    }

    [Theory, EveryStore]
    public async Task Clocks_out_of_step_make_no_gap_in_what_is_kept(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await store.WriteSettledAsync(Some.Change("old"));
        await store.WriteSettledAsync(Some.Change("young", at: Some.Instant.AddDays(9)));
        await store.WriteSettledAsync(Some.Change("old, but behind a young one"));
        await store.WriteSettledAsync(Some.Change("young, too", at: Some.Instant.AddDays(9)));

        await TrimAsync(store, Some.Instant.AddDays(3));

        Assert.Equal(4, (await ReadAsync(log, Acme)).Count);
    }

    [Theory, EveryStore]
    public async Task A_place_that_no_change_ever_had_is_invalid(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var log = new ChangeLog(store.Store, NullLogger<ChangeLog>.Instance);
        await store.WriteSettledAsync(Some.Change("d1"));
        var newest = await log.NewestAsync(CancellationToken.None);
        ChangePosition[] wrong =
        [
            newest with
            {
                Id = newest.Id + 1,
            },
            newest with
            {
                TransactionId = newest.TransactionId + 1,
            },
            new(long.MaxValue, long.MaxValue),
        ];

        foreach (var place in wrong)
        {
            await Assert.ThrowsAsync<CursorInvalidException>(() => log.CheckAsync(place, CancellationToken.None));
        }
    }

    private static Task<IReadOnlyList<TwinChange>> ReadAsync(ChangeLog log, ChangeFilter filter) =>
        log.ReadAsync(filter, ChangePosition.Beginning, 100, CancellationToken.None);

    // In small batches, so that what one leaves is what the next begins with.
    private static async Task TrimAsync(TestStore store, DateTime before)
    {
        while (
            await store.Store.WriteAsync(
                (context, token) => RetentionStatements.DeleteChangesAsync(context, before, 1, token),
                CancellationToken.None
            ) > 0
        ) { }
    }
}
