using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.Twins.Desired;
using DeviceTwin.Tests.Twins.Jobs;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.SetAside;

/// <summary>Work for one worker, of which one item will fail.</summary>
internal abstract class FaultCase
{
    /// <summary>The device of which, or of whose work, one item fails.</summary>
    public const string Bad = "bad";

    /// <summary>One more device for each of the two times that work is made.</summary>
    public static readonly string[] Good = ["good-1", "good-2"];

    /// <summary>The cases, by name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<FaultCase>> All = new Dictionary<string, Func<FaultCase>>
    {
        ["actions that expire"] = () => new Expiry(),
        ["devices that fell silent"] = () => new Silence(),
        ["devices that are marked"] = () => new Marked(),
        ["layers that changed"] = () => new Layers(),
        ["devices to reconcile"] = () => new Reconciling(),
        ["jobs"] = () => new JobItems(),
        ["devices of a job"] = () => new JobDevices(),
        ["rows that are too old"] = () => new OldRows(),
    };

    public abstract string Worker { get; }

    /// <summary>What the fault point gets for the item that fails.</summary>
    public virtual string Item => Bad;

    /// <summary>The device that the set-aside item names.</summary>
    public virtual string? DeviceId => Bad;

    /// <summary>Makes work for the device that fails and for another one.</summary>
    public abstract Task MakeAsync(TwinWorld world, string good, bool alsoBad);

    public abstract Task RunAsync(TwinWorld world);

    public abstract Task<bool> IsDoneAsync(TwinWorld world, string deviceId);

    protected static async Task EnrollAsync(TwinWorld world, params string[] deviceIds)
    {
        foreach (var deviceId in deviceIds)
        {
            await world.EnrollAsync(deviceId);
        }
    }

    protected static async Task<DeviceSync> SyncAsync(TwinWorld world, string deviceId)
    {
        await using var context = await world.OpenAsync();
        return await context
            .Devices.Where(device => device.DeviceId == deviceId)
            .Select(device => device.Sync)
            .AsNoTracking()
            .SingleAsync();
    }

    protected static string[] Devices(string good, bool alsoBad) => alsoBad ? [Bad, good] : [good];

    private sealed class Expiry : FaultCase
    {
        public override string Worker => WorkerNames.ActionExpiry;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            // Enrolling sends what is due: nothing is yet.
            var devices = Devices(good, alsoBad);
            await EnrollAsync(world, devices);
            foreach (var deviceId in devices)
            {
                await world.RequestAsync(deviceId, ActionKind.Install, "nats");
            }

            world.Clock.Advance(world.Settings.Action.QueueTimeToLive);
        }

        public override Task RunAsync(TwinWorld world) => world.RunAsync<ActionExpiry>();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId) =>
            (await world.ActionsAsync(deviceId)).Single(action => action.Kind == ActionKind.Install).Status
            == ActionStatus.TimedOut;
    }

    private sealed class Silence : FaultCase
    {
        public override string Worker => WorkerNames.Presence;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            await EnrollAsync(world, Devices(good, alsoBad));
            world.Clock.Advance(world.Settings.Device.OfflineAfter + TimeSpan.FromSeconds(1));
        }

        public override Task RunAsync(TwinWorld world) => world.RunAsync<OfflineSweep>();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId) =>
            (await world.DeviceAsync(deviceId))!.Heartbeat.Connectivity == Connectivity.Offline;
    }

    private sealed class Marked : FaultCase
    {
        public override string Worker => WorkerNames.StaleDevices;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            var devices = Devices(good, alsoBad);
            await EnrollAsync(world, devices);
            var groups = world.Get<DeviceGroups>();
            await groups.CreateAsync(TwinWorld.Organization, good, CancellationToken.None);
            var layer = new LayerChange(JsonElement.Parse("""{"n":1}"""), null, null);
            await world.Get<SharedLayers>().SetGroupAsync(DesiredWorld.Key(good), layer, CancellationToken.None);
            Assert.Null(
                (
                    await groups.AddDevicesAsync(TwinWorld.Organization, good, devices, "ann", CancellationToken.None)
                ).Error
            );
        }

        public override Task RunAsync(TwinWorld world) => world.RunAsync<MarkedDevices>();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId) =>
            await SyncAsync(world, deviceId) is { MarkedBy: null, Status: SyncStatus.Pending, Reason: null };
    }

    private sealed class Layers : FaultCase
    {
        public override string Worker => WorkerNames.LayerMarking;

        public override string? DeviceId => null;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            foreach (var name in Devices(good, alsoBad))
            {
                var change = new LayerChange(null, [new DesiredSnap("nats")], null);
                var outcome = await world
                    .Get<SharedLayers>()
                    .SetModelAsync(DesiredWorld.Key(name), change, CancellationToken.None);
                Assert.Null(outcome.Error);
            }
        }

        public override Task RunAsync(TwinWorld world) => world.RunAsync<LayerMarking>();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId)
        {
            await using var context = await world.OpenAsync();
            return await context.DesiredLayers.AnyAsync(layer => layer.Name == deviceId && layer.MarkedUpTo == null);
        }
    }

    private sealed class Reconciling : FaultCase
    {
        public override string Worker => WorkerNames.Reconciler;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            foreach (var deviceId in Devices(good, alsoBad))
            {
                await world.EnrollAsync(deviceId);
                var outcome = await world
                    .Get<DeviceDesired>()
                    .SetSnapsAsync(DesiredWorld.Key(deviceId), [new DesiredSnap("nats")], CancellationToken.None);
                Assert.Null(outcome.Error);
            }
        }

        public override Task RunAsync(TwinWorld world) => world.RunAsync<Reconciler>();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId) =>
            (await world.ActionsAsync(deviceId)).Exists(action => action.IsReconciliation);
    }

    private sealed class JobItems : FaultCase
    {
        private string jobId = "";

        public override string Worker => WorkerNames.Jobs;

        public override string Item => jobId;

        public override string? DeviceId => null;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            foreach (var deviceId in Devices(good, alsoBad))
            {
                await world.EnrollAsync(deviceId);
                var request = JobWorld.Request() with { Where = device => device.DeviceId == deviceId };
                var job = await world.Get<JobRequests>().StartAsync(request, "ann", CancellationToken.None);
                jobId = deviceId == Bad ? job.Value!.JobId : jobId;
            }
        }

        public override Task RunAsync(TwinWorld world) => world.RunJobsAsync();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId) =>
            (await world.ActionsAsync(deviceId)).Exists(action => action.JobId != null);
    }

    private sealed class JobDevices : FaultCase
    {
        public override string Worker => WorkerNames.Jobs;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            var devices = Devices(good, alsoBad);
            await EnrollAsync(world, devices);
            var request = JobWorld.Request() with { Where = device => devices.Contains(device.DeviceId) };
            Assert.Null((await world.Get<JobRequests>().StartAsync(request, "ann", CancellationToken.None)).Error);
        }

        public override Task RunAsync(TwinWorld world) => world.RunJobsAsync();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId) =>
            (await world.ActionsAsync(deviceId)).Exists(action => action.JobId != null);
    }

    private sealed class OldRows : FaultCase
    {
        public override string Worker => WorkerNames.Retention;

        public override string Item => "actions";

        public override string? DeviceId => null;

        public override async Task MakeAsync(TwinWorld world, string good, bool alsoBad)
        {
            if (alsoBad)
            {
                await world.EnrollAsync(Bad);
            }

            await world.HearAsync(good);
            world.Settings.Worker.SetAsideRetention = TimeSpan.FromDays(1_000);
            world.Clock.Advance(TimeSpan.FromDays(100));
        }

        public override Task RunAsync(TwinWorld world) => world.RunAsync<Retention>();

        public override async Task<bool> IsDoneAsync(TwinWorld world, string deviceId)
        {
            await using var context = await world.OpenAsync();
            return deviceId == Bad
                ? !await context.Actions.AnyAsync(action => action.DeviceId == Bad)
                : !await context.Enrollments.AnyAsync(enrollment => enrollment.DeviceId == deviceId);
        }
    }
}
