using System.Globalization;
using System.Linq.Expressions;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Jobs;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>What tests of jobs do to a <see cref="TwinWorld"/>.</summary>
internal static class JobWorld
{
    /// <summary>Any device.</summary>
    public static readonly Expression<Func<Device, bool>> Every = _ => true;

    /// <summary>Adds devices d000, d001 … that were heard just now, or that are away.</summary>
    public static async Task AddDevicesAsync(
        this TwinStore store,
        int count,
        DateTime seenAt,
        Connectivity connectivity = Connectivity.Online,
        string prefix = "d",
        string organizationId = TwinWorld.Organization
    )
    {
        await using var context = await store.OpenAsync(CancellationToken.None);
        context.AddRange(
            Enumerable
                .Range(0, count)
                .Select(number => new Device
                {
                    OrganizationId = organizationId,
                    DeviceId = prefix + number.ToString("000", CultureInfo.InvariantCulture),
                    CreatedAt = seenAt,
                    Heartbeat = new DeviceHeartbeat { LastSeenAt = seenAt, Connectivity = connectivity },
                    Sync = new DeviceSync(),
                })
        );
        await context.SaveChangesAsync();
    }

    public static Task AddDevicesAsync(
        this TwinWorld world,
        int count,
        Connectivity connectivity = Connectivity.Online,
        string prefix = "d"
    ) => world.Store.AddDevicesAsync(count, world.Now, connectivity, prefix);

    public static JobRequest Request(int concurrency = 50, int maxFailurePercent = 20) =>
        new(TwinWorld.Organization, Every, ActionKind.Install, "nats", Data: null, concurrency, maxFailurePercent);

    /// <summary>Starts a job that ann wants, and runs its first round.</summary>
    public static async Task<Job> StartJobAsync(this TwinWorld world, int concurrency = 50, int maxFailurePercent = 20)
    {
        var outcome = await world
            .Get<JobRequests>()
            .StartAsync(Request(concurrency, maxFailurePercent), "ann", CancellationToken.None);
        Assert.Null(outcome.Error);
        await world.RunJobsAsync();
        return outcome.Value!;
    }

    /// <summary>Lets a second pass and runs the round that is due then.</summary>
    public static Task RunJobsAsync(this TwinWorld world)
    {
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        return world.RunAsync<JobRunner>();
    }

    public static async Task<Job> JobAsync(this TwinWorld world, Job job)
    {
        await using var context = await world.OpenAsync();
        return await context.Jobs.AsNoTracking().SingleAsync(row => row.Id == job.Id);
    }

    public static async Task<List<DeviceAction>> ActionsAsync(this TwinWorld world, Job job)
    {
        await using var context = await world.OpenAsync();
        return await context
            .Actions.AsNoTracking()
            .Where(action => action.JobId == job.JobId)
            .OrderBy(action => action.Id)
            .ToListAsync();
    }

    /// <summary>Sends what is due, lets every device that got a job's action answer, and runs the next round. Gives how many did.</summary>
    public static async Task<int> AnswerAsync(this TwinWorld world, Func<OutgoingAction, bool>? success = null)
    {
        var sent = (await world.SendAsync()).Where(action => action.Kind == ActionKind.Install).ToList();
        foreach (var action in sent)
        {
            Assert.Null(await world.AnswerAsync(action, success: success?.Invoke(action) ?? true, message: "100"));
        }

        await world.RunJobsAsync();
        return sent.Count;
    }

    public static Task MoveAsync(this TwinWorld world, Connectivity connectivity, params string[] deviceIds) =>
        world.Store.WriteAsync(
            (context, token) =>
            {
                var twins = context.Devices.Where(device => deviceIds.Contains(device.DeviceId)).Select(row => row.Id);
                return context
                    .Heartbeats.Where(row => twins.Contains(row.TwinId))
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Connectivity, connectivity)
                                .SetProperty(row => row.LastSeenAt, world.Now),
                        token
                    );
            },
            CancellationToken.None
        );

    /// <summary>Status, pending, succeeded and failed.</summary>
    public static (JobStatus Status, int Pending, int Succeeded, int Failed) Counts(this Job job) =>
        (job.Status, job.Pending, job.Succeeded, job.Failed);
}
