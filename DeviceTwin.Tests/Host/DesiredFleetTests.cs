using System.Diagnostics;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>A fleet that becomes what its group asks for, while actions fail, devices go away and the service is killed.</summary>
public sealed class DesiredFleetTests(ITestOutputHelper output)
{
    private const int Devices = 500;
    private const int Leaving = Devices / 10;
    private const string Group = "berlin";

    // A minute on a free machine; tests share theirs.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly DesiredSnap[] Wanted =
    [
        .. WantedSnaps.All.Select(wanted => new DesiredSnap(
            wanted.Key,
            wanted.Value.IsPresent ? SnapPresence.Present : SnapPresence.Absent,
            wanted.Value.Channel,
            Config: wanted.Value.Port is { } port ? JsonSerializer.Serialize(new { port }) : null,
            Services: wanted.Value.Running is { } running ? [new DesiredService(running, Active: true)] : null
        )),
    ];

    [Fact]
    public async Task Every_device_ends_in_sync_with_one_action_at_a_time_and_none_that_its_drift_did_not_ask_for()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var broker = await MosquittoBroker.StartAsync(
            tls: null,
            "max_inflight_messages 0",
            "max_queued_messages 0"
        );
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions
            {
                Broker = broker.Host,
                Port = broker.Port,
                Devices = Devices,
                SharedConnections = 20,
                Interval = TimeSpan.FromSeconds(2),
                OlderAgentShare = 0,
                SnapdDelay = TimeSpan.FromMilliseconds(200),
                FirstFailureRate = 0.2,
            }
        );
        var received = new ReceivedSteps();
        foreach (var agent in fleet.Agents)
        {
            received.Watch(agent);
        }

        var started = Stopwatch.GetTimestamp();
        fleet.Start();
        var leaving = fleet.Agents.Take(Leaving).ToList();
        await using (var first = Start(broker, store))
        {
            await WaitAsync(store, context => context.Devices.CountAsync(device => device.Snaps.Any()), Devices);
            Tell(started, "twins are there");
            await WantAsync(store, fleet);
            await WaitAsync(store, CountDoneAsync, Devices / 2);
            await Task.WhenAll(leaving.Select(agent => agent.GoAwayAsync()));
            await first.SignalAsync("KILL");
            await first.WaitForExitAsync();
            Tell(started, "killed");
        }

        await using (var second = Start(broker, store))
        {
            await WaitAsync(store, CountDoneAsync, Devices * 2);
            await second.SignalAsync("KILL");
            await second.WaitForExitAsync();
            Tell(started, "killed again");
        }

        await using var third = Start(broker, store);
        await Task.WhenAll(leaving.Select(agent => agent.ComeBackAsync()));
        await WaitAsync(
            store,
            context =>
                context.Devices.CountAsync(device =>
                    device.Groups.Any(group => group.Name == Group)
                    && device.Sync.MarkedBy == null
                    && device.Sync.Status == SyncStatus.InSync
                ),
            Devices
        );
        Tell(started, "all are in sync");

        Assert.All(fleet.Agents, agent => Assert.True(WantedSnaps.AreMet(agent.Snaps), agent.DeviceId));
        await using var read = await store.OpenAsync();
        var actions = await read
            .Actions.Where(action => action.IsReconciliation)
            .OrderBy(action => action.Id)
            .AsNoTracking()
            .ToListAsync();
        var missed = await read
            .Changes.Where(change => change.ActionStatus == ActionStatus.TimedOut)
            .Select(change => change.ActionRowId!.Value)
            .ToHashSetAsync();
        Assert.All(received.Needless, actionId => Assert.True(FollowsAMissedAnswer(actionId, actions, missed)));
        Assert.Empty(received.ActionIds.Except(actions.Select(action => action.ActionId)));
        Assert.Equal(0, await CountSecondsAsync(store));
        Tell(actions, await read.Actions.CountAsync(action => action.Kind == ActionKind.List), received);
    }

    private static ServiceProcess Start(MosquittoBroker broker, TestStore store) =>
        ServiceProcess.Start(
            "--service.port=0",
            "--database.driver=postgres",
            $"--database.source={store.ConnectionString}",
            $"--mqtt.url={broker.Host}",
            $"--mqtt.port={broker.Port}",
            "--mqtt.tls=false",
            "--device.offline.after=10s",
            "--action.timeout=15s",
            "--action.repeat.after=3s",
            "--action.list.delay=500ms",
            // A loaded machine misses answers: that is not what is looked for here.
            "--desired.attempts=50",
            "--desired.backoff=1s",
            "--desired.concurrency=200"
        );

    private static async Task WantAsync(TestStore store, SimulatedFleet fleet)
    {
        var groups = new DeviceGroups(store.Store, TimeProvider.System);
        var layers = new SharedLayers(store.Store, new Settings(), TimeProvider.System);
        var organization = fleet.Agents.First().Device.OrganizationId;
        string[] deviceIds = [.. fleet.Agents.Select(agent => agent.DeviceId)];
        Assert.Null((await groups.CreateAsync(organization, Group, CancellationToken.None)).Error);
        Assert.Null(
            (await groups.AddDevicesAsync(organization, Group, deviceIds, "ann", CancellationToken.None)).Error
        );
        var outcome = await layers.SetGroupAsync(
            new LayerKey(organization, Group, IfVersion: null, "ann"),
            new LayerChange(Properties: null, Wanted, Priority: null),
            CancellationToken.None
        );
        Assert.Null(outcome.Error);
    }

    private static Task<int> CountDoneAsync(TwinDbContext context) =>
        context.Actions.CountAsync(action => action.IsReconciliation && action.Status == ActionStatus.Completed);

    private static Task WaitAsync(TestStore store, Func<TwinDbContext, Task<int>> count, int wanted)
    {
        return Eventually.BecomesTrueAsync(
            async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250));
                await using var context = await store.OpenAsync();
                return await count(context) >= wanted;
            },
            $"there are {wanted}",
            Limit
        );
    }

    // From the change log, which has each status that an action went through: how often a second one opened beside a first.
    private static async Task<int> CountSecondsAsync(TestStore store)
    {
        await using var context = await store.OpenAsync();
        var steps = await context
            .Changes.Join(
                context.Actions,
                change => change.ActionRowId,
                action => action.Id,
                (change, action) => new { change, action }
            )
            .Where(row => row.action.IsReconciliation)
            .OrderBy(row => row.change.Id)
            .Select(row => new
            {
                row.change.DeviceId,
                row.action.Id,
                row.change.ActionStatus,
            })
            .ToListAsync();
        var seconds = 0;
        foreach (var device in steps.GroupBy(step => step.DeviceId))
        {
            var open = new HashSet<long>();
            foreach (var step in device)
            {
                if (step.ActionStatus is ActionStatus.Queued or ActionStatus.Sent)
                {
                    open.Add(step.Id);
                    seconds += open.Count > 1 ? 1 : 0;
                }
                else
                {
                    open.Remove(step.Id);
                }
            }
        }

        return seconds;
    }

    // Whoever did not answer in time may still do it, after the list that decided on the next try.
    private static bool FollowsAMissedAnswer(string actionId, List<DeviceAction> actions, HashSet<long> missed)
    {
        var action = actions.Single(action => action.ActionId == actionId);
        return actions
            .TakeWhile(earlier => earlier != action)
            .Any(earlier => missed.Contains(earlier.Id) && StepOf(earlier) == StepOf(action));
    }

    private static (string, ActionKind, string?, string?) StepOf(DeviceAction action) =>
        (action.DeviceId, action.Kind, action.Snap, action.Data);

    private void Tell(long started, string what) =>
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {what}");

    private void Tell(List<DeviceAction> actions, int lists, ReceivedSteps received)
    {
        output.WriteLine($"devices: {Devices}, of them away for a while: {Leaving}");
        output.WriteLine($"actions: {actions.Count}, received: {received.ActionIds.Count} and {received.Again} again");
        foreach (var kind in actions.GroupBy(action => action.Kind).OrderBy(kind => kind.Key))
        {
            output.WriteLine($"  {kind.Key.ToProtocol()}: {kind.Count()}");
        }

        foreach (var status in actions.GroupBy(action => action.Status).OrderBy(status => status.Key))
        {
            output.WriteLine($"  {status.Key}: {status.Count()}");
        }

        var sent = actions.Where(action => action.Status != ActionStatus.Cancelled).ToList();
        var steps = sent.DistinctBy(StepOf).Count();
        output.WriteLine(
            $"steps: {steps}, tried again: {sent.Count - steps}, lists: {lists}, needless: {received.Needless.Count}"
        );
    }
}
