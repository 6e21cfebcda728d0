using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>What jobs cost the store.</summary>
public sealed class JobCostTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    [Theory, EveryStore]
    public async Task The_commands_of_a_round_do_not_grow_with_the_devices(StoreKind kind)
    {
        var few = await RunAsync(kind, devices: 20);
        var many = await RunAsync(kind, devices: 1_000);

        Assert.InRange(many.Start, 1, few.Start);
        Assert.InRange(many.First, 1, few.First + 6);
        Assert.InRange(many.Last, 1, few.Last + 2);
    }

    [Fact]
    public async Task While_no_job_runs_and_none_fails_a_round_is_one_command()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Sqlite);
        var runner = Runner(store);
        // The first round looks for jobs that were set aside before the start.
        Assert.False(await runner.RunAsync(CancellationToken.None));
        store.Commands.Clear();
        Assert.False(await runner.RunAsync(CancellationToken.None));
        Assert.Equal(1, store.Commands.Count);
    }

    private async Task<(int Start, int First, int Last)> RunAsync(StoreKind kind, int devices)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Store.AddDevicesAsync(devices, Now);
        var requests = new JobRequests(store.Store, new Settings(), clock);
        var start = await CountAsync(() =>
            requests.StartAsync(JobWorld.Request(concurrency: devices), "ann", CancellationToken.None)
        );
        var first = await CountAsync(() => Runner(store).RunAsync(CancellationToken.None));
        await using var context = await store.OpenAsync();
        Assert.Equal(devices, await context.Actions.CountAsync(action => action.Status == ActionStatus.Queued));

        await context.Actions.ExecuteUpdateAsync(set =>
            set.SetProperty(action => action.Status, ActionStatus.Completed)
        );
        clock.Advance(TimeSpan.FromSeconds(1));
        var last = await CountAsync(() => Runner(store).RunAsync(CancellationToken.None));
        Assert.Equal((JobStatus.Succeeded, 0, devices, 0), (await context.Jobs.SingleAsync()).Counts());
        return (start, first, last);

        async Task<int> CountAsync(Func<Task> work)
        {
            store.Commands.Clear();
            await work();
            return store.Commands.Count;
        }
    }

    private JobRunner Runner(TestStore store) =>
        new(
            store.Store,
            new Workers(
                new FakeSetAsideItems(),
                new Settings(),
                new WorkerProgress(clock),
                new FaultPoints(),
                clock,
                NullLogger<WorkerItems>.Instance
            ),
            clock,
            NullLogger<JobRunner>.Instance
        );
}
