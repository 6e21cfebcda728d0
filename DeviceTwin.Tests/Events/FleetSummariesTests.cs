using DeviceTwin.Api.Events;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Events;

public sealed class FleetSummariesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(Some.Instant));

    [Theory, EveryStore]
    public async Task The_counts_are_those_of_the_ledger_and_the_open_actions(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        var rate = new HeartbeatRate(clock);
        var summaries = Summaries(store, process, rate);
        await AddAsync(store, "m1", Connectivity.NeverSeen);
        await AddAsync(store, "m2", Connectivity.Online);
        await AddAsync(store, "m2", Connectivity.Offline);
        await store.Store.WriteAsync(
            (context, _) =>
            {
                var ledger = new FleetLedger(context);
                ledger.Move(Device("m1"), Connectivity.NeverSeen, Connectivity.Online);
                ledger.Add(Device("gone"), Connectivity.Online, SyncCount.InSync);
                ledger.Write();
                ledger.Remove(Device("gone"), Connectivity.Online, SyncCount.InSync);
                ledger.Write();
                foreach (var status in Enum.GetValues<ActionStatus>())
                {
                    context.Add(Action(status));
                }

                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        rate.Count("acme", 25);

        var summary = await summaries.GetAsync("acme", CancellationToken.None);
        var other = await summaries.GetAsync("other", CancellationToken.None);

        Assert.Equal((3, 2, 1, 0), (summary.Total, summary.Online, summary.Offline, summary.NeverSeen));
        Assert.Equal(
            [new("brand", "m1", 1, 1, 0, 0, 1, 0), new ModelCount("brand", "m2", 2, 1, 1, 0, 2, 0)],
            summary.ByModel
        );
        Assert.Equal((2, 2.5, Some.Instant), (summary.ActionsPending, summary.HeartbeatsPerSecond, summary.At));
        Assert.Equal((0, 0, 0.0), (other.Total, other.ActionsPending, other.HeartbeatsPerSecond));
        Assert.Empty(other.ByModel);
    }

    [Theory, EveryStore]
    public async Task All_listeners_share_what_is_read_once_a_second_and_only_when_something_changed(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var process = await EventProcess.StartAsync(store);
        var summaries = Summaries(store, process, new HeartbeatRate(clock));
        using var ending = new CancellationTokenSource();
        var newest = new FleetSummary?[50];
        var told = 0;
        var listening = Enumerable
            .Range(0, newest.Length)
            .Select(async listener =>
            {
                await foreach (var summary in summaries.ReadAsync("acme", ending.Token))
                {
                    newest[listener] = summary;
                    Interlocked.Increment(ref told);
                }
            })
            .ToList();
        await Eventually.BecomesTrueAsync(() => newest.All(summary => summary is { Total: 0 }), "all are told at once");
        store.Commands.Clear();

        clock.Advance(Second);
        clock.Advance(Second);
        for (var number = 0; number < 5; number++)
        {
            await AddAsync(store, "m1", Connectivity.Online);
        }

        await Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(Second);
                return newest.All(summary => summary is { Total: 5 });
            },
            "all are told of the change"
        );
        var reads = store.Commands.Statements.Count(statement =>
            statement.StartsWith("select", StringComparison.OrdinalIgnoreCase)
            && statement.Contains("fleet_count", StringComparison.Ordinal)
        );
        // Five commits: at most as many reads, where fifty listeners of their own would have taken fifty.
        Assert.InRange(reads, 1, 5);
        Assert.InRange(told, 2 * newest.Length, 6 * newest.Length);
        Assert.Equal(newest.Length, summaries.Listeners);

        await ending.CancelAsync();
        foreach (var listener in listening)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listener);
        }

        Assert.Equal(0, summaries.Listeners);
        Assert.Equal(0, process.Feed.Organizations);
    }

    [Fact]
    public async Task A_moving_rate_is_told_without_a_statement()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Sqlite);
        await using var process = await EventProcess.StartAsync(store, TimeSpan.FromMinutes(5));
        var rate = new HeartbeatRate(clock);
        var summaries = Summaries(store, process, rate);
        await using var told = summaries.ReadAsync("acme", CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await told.MoveNextAsync());
        Assert.Equal(0, told.Current.HeartbeatsPerSecond);
        store.Commands.Clear();

        rate.Count("acme", 40);
        var next = told.MoveNextAsync().AsTask();
        await Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(200));
                return next.IsCompleted;
            },
            "the rate is told"
        );

        Assert.True(await next);
        Assert.Equal(4, told.Current.HeartbeatsPerSecond);
        // The tail's own look at the log is not the fleet's.
        Assert.DoesNotContain(
            store.Commands.Statements,
            statement => !statement.Contains("twin_change", StringComparison.Ordinal)
        );
    }

    private FleetSummaries Summaries(TestStore store, EventProcess process, HeartbeatRate rate) =>
        new(store.Store, process.Feed, rate, clock, new CountingLogger<FleetSummaries>());

    private static Task AddAsync(TestStore store, string model, Connectivity connectivity) =>
        store.Store.WriteAsync(
            (context, _) =>
            {
                var ledger = new FleetLedger(context);
                ledger.Add(Device(model), connectivity, SyncCount.InSync);
                ledger.Write();
                context.Add(Some.Change("d1"));
                return Task.CompletedTask;
            },
            CancellationToken.None
        );

    private static Device Device(string model) =>
        new()
        {
            OrganizationId = "acme",
            DeviceId = "d1",
            Brand = "brand",
            Model = model,
        };

    private static DeviceAction Action(ActionStatus status) =>
        new()
        {
            ActionId = status.ToString(),
            OrganizationId = "acme",
            DeviceId = "d1",
            Status = status,
        };
}
