using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using FsCheck.Xunit;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>Whatever happens, in whatever order: what is stored of devices' sync is what is worked out from scratch.</summary>
public sealed class StoredSyncProperties
{
    private const int Steps = 40;
    private static readonly string[] Devices = ["c1", "c2", "c3", "c4"];
    private static readonly string[] Groups = ["berlin", "paris"];
    private static readonly string[] Models = ["gateway-1", "gateway-2"];

    [Property(MaxTest = 5)]
    public Task What_is_stored_is_what_is_worked_out_anew_on_SQLite(int seed) => HoldsAsync(StoreKind.Sqlite, seed);

    [Property(MaxTest = 5)]
    public Task What_is_stored_is_what_is_worked_out_anew_on_PostgreSQL(int seed) =>
        HoldsAsync(StoreKind.Postgres, seed);

    private static async Task HoldsAsync(StoreKind kind, int seed)
    {
        await using var world = await DesiredWorld.CreateAsync(kind);
        var any = new AnyTwin(seed);
        foreach (var deviceId in Devices)
        {
            await world.EnrollAsync(deviceId, any.Snaps());
        }

        foreach (var group in Groups)
        {
            await world.World.Get<DeviceGroups>().CreateAsync(TwinWorld.Organization, group, CancellationToken.None);
        }

        for (var step = 0; step < Steps; step++)
        {
            await DoAsync(world, any);
            await AssertCountsAsync(world.World);
        }

        await world.MarkAsync();
        await AssertCountsAsync(world.World);
        await AssertStatusAsync(world.World);
    }

    private static async Task DoAsync(DesiredWorld world, AnyTwin any)
    {
        var token = CancellationToken.None;
        var deviceId = Devices[any.Number(Devices.Length)];
        var group = Groups[any.Number(Groups.Length)];
        var groups = world.World.Get<DeviceGroups>();
        var lifecycle = world.World.Get<Lifecycle>();
        switch (any.Number(12))
        {
            case 0:
                await world.Own.SetSnapsAsync(DesiredWorld.Key(deviceId), any.DesiredSnaps(), token);
                break;
            case 1:
                await world.Own.ClearSnapsAsync(DesiredWorld.Key(deviceId), ["aa", "bb"], token);
                break;
            case 2:
                var patch = AnyTwin.Element(any.Object(mayHoldNull: true));
                await world.Own.PatchPropertiesAsync(DesiredWorld.Key(deviceId), patch, token);
                break;
            case 3 or 4:
                await world.Shared.SetGroupAsync(DesiredWorld.Key(group), Change(any, priority: any.Number(3)), token);
                break;
            case 5:
                var model = Models[any.Number(Models.Length)];
                await world.Shared.SetModelAsync(DesiredWorld.Key(model), Change(any, priority: null), token);
                break;
            case 6:
                await groups.AddDevicesAsync(TwinWorld.Organization, group, [deviceId], "ann", token);
                break;
            case 7:
                await groups.RemoveDevicesAsync(TwinWorld.Organization, group, [deviceId], "ann", token);
                break;
            case 8:
                await lifecycle.DeleteAsync(TwinWorld.Organization, deviceId, "ann", token);
                break;
            case 9:
                await lifecycle.RestoreAsync(TwinWorld.Organization, deviceId, "ann", token);
                break;
            case 10:
                await world.World.RunAsync<LayerMarking>();
                break;
            default:
                await TellAsync(world.World, any, deviceId);
                break;
        }
    }

    // Either a new list or a new model comes from the device.
    private static async Task TellAsync(TwinWorld world, AnyTwin any, string deviceId)
    {
        var kind = any.Number(3) == 0 ? ActionKind.Device : ActionKind.List;
        var request = new ActionRequest(TwinWorld.Organization, deviceId, kind);
        if ((await world.Requests.RequestAsync(request, "ann", CancellationToken.None)).Value is not { } action)
        {
            return;
        }

        AnswerResult result =
            kind == ActionKind.Device
                ? TwinWorld.Identity(deviceId, Models[any.Number(Models.Length)])
                : new SnapListResult([.. any.Snaps().Select(DesiredWorld.Report)], null, null);
        Assert.Null(await world.AnswerAsync(deviceId, action.ActionId, kind, result));
    }

    private static LayerChange Change(AnyTwin any, int? priority) =>
        new(AnyTwin.Element(any.Object(mayHoldNull: true)), any.DesiredSnaps(), priority);

    private static async Task AssertCountsAsync(TwinWorld world)
    {
        await using var context = await world.OpenAsync();
        var counted = await context
            .FleetCounts.GroupBy(count => count.Model)
            .Select(model => new
            {
                Model = model.Key,
                Total = model.Sum(count => count.Total),
                InSync = model.Sum(count => count.InSync),
                Drifted = model.Sum(count => count.Drifted),
            })
            .Where(model => model.Total != 0 || model.InSync != 0 || model.Drifted != 0)
            .OrderBy(model => model.Model)
            .ToListAsync();
        var devices = await context
            .Devices.Include(device => device.Sync)
            .Where(device => device.DeletedAt == null)
            .ToListAsync();
        var recounted = devices
            .GroupBy(device => device.Model)
            .OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => new
            {
                Model = model.Key,
                Total = model.Count(),
                InSync = model.Count(device => device.Sync.Count == SyncCount.InSync),
                Drifted = model.Count(device => device.Sync.Count == SyncCount.Drifted),
            });
        Assert.Equal(recounted, counted);
    }

    private static async Task AssertStatusAsync(TwinWorld world)
    {
        await using var context = await world.OpenAsync();
        var devices = await context
            .Devices.Include(device => device.Sync)
            .Where(device => device.DeletedAt == null)
            .ToListAsync();
        Assert.All(devices, device => Assert.Null(device.Sync.MarkedBy));
        var states = await TwinStates.ReadAsync(context, devices, CancellationToken.None);
        foreach (var device in devices)
        {
            var (desired, reported) = states[device.Id];
            Assert.Equal(Drift.Between(desired, reported).Count == 0, device.Sync.Status == SyncStatus.InSync);
            Assert.True(JsonNode.DeepEquals(desired.Properties, await ToldAsync(context, device)));
        }

        var refreshed = await world.Store.WriteAsync(
            (write, token) => world.Get<SyncStates>().RefreshAsync(write, devices, ChangeKinds.None, token),
            CancellationToken.None
        );
        Assert.DoesNotContain(refreshed.Values, device => device.HasMoved);
    }

    private static async Task<JsonNode?> ToldAsync(TwinDbContext context, Device device)
    {
        var document = await context.DesiredDocuments.FindAsync(device.Id);
        return JsonNode.Parse(document?.Properties ?? "{}");
    }
}
