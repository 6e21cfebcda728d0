using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Twins.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins;

/// <summary>What becomes of items that could not be handled, in the store.</summary>
public sealed class SetAsideItemsTests
{
    private static readonly InvalidOperationException Fault = new("no");

    [Theory, EveryStore]
    public async Task The_newest_messages_of_a_device_are_kept_up_to_the_limit_and_others_are_untouched(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Worker.SetAsideLimit = 3;
        var items = world.Get<ISetAsideItems>();
        await AddAsync(items, new FailedItem("other", null, "d2", [0]));
        await AddAsync(items, new FailedItem("row", null, "d1"));
        for (var number = 0; number < 5; number++)
        {
            await AddAsync(items, new FailedItem($"{number}", null, "d1", [1]));
        }

        Assert.Equal(["other", "row", "2", "3", "4"], (await RowsAsync(world)).Select(row => row.Key));
        Assert.Equal(2, world.Get<ServiceCounters>().SetAsideDropped);
        Assert.Equal(7, world.Get<ServiceCounters>().ItemsSetAside);
    }

    [Theory, EveryStore]
    public async Task The_organization_of_a_known_device_is_filled_in_and_of_another_it_is_not_known(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var items = world.Get<ISetAsideItems>();
        await AddAsync(items, new FailedItem("1", null, "c333", [1]));
        await AddAsync(items, new FailedItem("2", null, "unknown", [1]));

        Assert.Equal([TwinWorld.Organization, null], (await RowsAsync(world)).Select(row => row.OrganizationId));
    }

    [Theory, EveryStore]
    public async Task A_message_that_is_retried_is_claimed_by_one_process_and_again_when_its_lease_is_over(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await using var other = world.Again();
        var (items, others) = (world.Get<ISetAsideItems>(), other.Get<ISetAsideItems>());
        await AddAsync(items, new FailedItem("1", null, "d1", [1]));
        await AddAsync(items, new FailedItem("2", null, "d1", [1]));
        var rows = await RowsAsync(world);
        Assert.Empty(await ClaimAsync(items));

        await world.Get<SetAsideRequests>().RetryAsync(null, rows[0].Id, CancellationToken.None);
        var claimed = Assert.Single(await ClaimAsync(items));
        Assert.Equal("1", claimed.Key);
        Assert.Empty(await ClaimAsync(others));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await ClaimAsync(others));

        await others.FailRetryAsync(claimed, new InvalidOperationException("still not"), CancellationToken.None);
        var failed = (await RowsAsync(world))[0];
        Assert.Equal(("still not.", 2, null), (failed.Reason, failed.Tries, failed.RetryAt));
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await ClaimAsync(items));

        await items.RemoveAsync(claimed, CancellationToken.None);
        await others.FailRetryAsync(claimed, Fault, CancellationToken.None);
        Assert.Equal(["2"], (await RowsAsync(world)).Select(row => row.Key));
    }

    [Theory, EveryStore]
    public async Task A_row_that_is_retried_is_left_out_by_its_worker_no_longer(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var items = world.Get<ISetAsideItems>();
        await AddAsync(items, new FailedItem("7", "abc", null));
        Assert.Equal(["7"], await items.KeysAsync("test", CancellationToken.None));
        var row = (await RowsAsync(world))[0];

        var requests = world.Get<SetAsideRequests>();
        Assert.Null(await requests.RetryAsync("other", row.Id, CancellationToken.None));
        Assert.NotNull(await requests.RetryAsync("abc", row.Id, CancellationToken.None));

        Assert.Empty(await items.KeysAsync("test", CancellationToken.None));
    }

    [Theory, EveryStore]
    public async Task Items_are_kept_for_their_time(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        var items = world.Get<ISetAsideItems>();
        await AddAsync(items, new FailedItem("old", null, "d1", [1]));
        world.Clock.Advance(TimeSpan.FromDays(20));
        await AddAsync(items, new FailedItem("new", null, "d1", [1]));
        world.Clock.Advance(TimeSpan.FromDays(11));

        await world.RunAsync<Retention>();

        Assert.Equal(["new"], (await RowsAsync(world)).Select(row => row.Key));
    }

    [Theory, EveryStore]
    [FaultTestOf(WorkerNames.Confirmations)]
    public async Task An_action_that_a_list_cannot_confirm_is_set_aside_and_the_list_counts(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var install = await world.DoAsync("c333", ActionKind.Install, "nats");
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        world.Get<FaultPoints>().OnItem = (worker, _) =>
        {
            if (worker == WorkerNames.Confirmations)
            {
                throw new InvalidOperationException("injected");
            }
        };

        await AnswerListAsync(world);
        Assert.Equal("nats", Assert.Single((await world.DeviceAsync("c333"))!.Snaps).Name);
        var row = Assert.Single(await RowsAsync(world));
        Assert.Equal(
            (WorkerNames.Confirmations, install.ActionId, "c333", TwinWorld.Organization, "injected.", 1),
            (row.Worker, row.Key, row.DeviceId, row.OrganizationId, row.Reason, row.Tries)
        );

        world.Get<FaultPoints>().OnItem = null;
        await world.RequestAsync("c333", ActionKind.List);
        await AnswerListAsync(world);
        Assert.Null((await world.ActionAsync(install.ActionId)).ConfirmedAt);

        await world.Get<SetAsideRequests>().RetryAsync(TwinWorld.Organization, row.Id, CancellationToken.None);
        await world.RequestAsync("c333", ActionKind.List);
        await AnswerListAsync(world);
        Assert.NotNull((await world.ActionAsync(install.ActionId)).ConfirmedAt);
    }

    private static async Task AnswerListAsync(TwinWorld world)
    {
        var list = Assert.Single(await world.SendAsync(), action => action.Kind == ActionKind.List);
        Assert.Null(await world.AnswerAsync(list, new SnapListResult([new SnapReport { Name = "nats" }], null, null)));
    }

    private static Task AddAsync(ISetAsideItems items, FailedItem item) =>
        items.AddAsync("test", item, Fault, tries: 1, new DateTime(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc), default);

    private static Task<IReadOnlyList<SetAsideItem>> ClaimAsync(ISetAsideItems items) =>
        items.ClaimRetriesAsync(TimeSpan.FromMinutes(1), most: 10, CancellationToken.None);

    private static async Task<List<SetAsideItem>> RowsAsync(TwinWorld world)
    {
        await using var context = await world.OpenAsync();
        return await context.SetAsideItems.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
    }
}
