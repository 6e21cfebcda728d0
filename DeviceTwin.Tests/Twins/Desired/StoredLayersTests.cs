using System.Text.Json;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using static DeviceTwin.Tests.Twins.Desired.DesiredWorld;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>Layers as they are stored, and how their changes reach devices.</summary>
public sealed class StoredLayersTests
{
    private const string Group = "berlin";
    private const string Model = "gateway-1";

    [Theory, EveryStore]
    public async Task A_change_of_a_groups_layer_reaches_its_members_in_the_background_and_says_whose_it_is(
        StoreKind kind
    )
    {
        await using var world = await CreateAsync(kind);
        await JoinedAsync(world);
        await world.EnrollAsync("other");
        await SetGroupAsync(world, Group, new DesiredSnap("nats"));
        Assert.Equal(1, (await SummaryAsync(world)).SyncUnknown);

        await world.MarkAsync();

        Assert.Equal(SyncStatus.Pending, (await world.SyncAsync(Device)).Status);
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync("other")).Status);
        var change = (await world.World.ChangesAsync(Device))[^1];
        Assert.Equal((ChangeKinds.Desired, "ann", world.World.Now), (change.Kinds, change.By, change.At));
        var summary = await SummaryAsync(world);
        Assert.Equal((1, 1, 0), (summary.InSync, summary.Drifted, summary.SyncUnknown));
        var merged = Assert.Single((await DesiredAsync(world)).Snaps);
        Assert.Equal((LayerKind.Group, Group), (merged.Layer, merged.LayerName));
    }

    [Theory, EveryStore]
    public async Task The_device_wins_over_groups_by_priority_and_they_over_the_model(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await JoinedAsync(world);
        await CreateGroupAsync(world, "paris");
        await SetModelAsync(world, new LayerChange(JsonElement.Parse("""{"a":1,"b":1,"c":1,"d":1}"""), null, null));
        await SetGroupAsync(world, Group, JsonElement.Parse("""{"b":2,"c":2,"d":null}"""), priority: 1);
        await SetGroupAsync(world, "paris", JsonElement.Parse("""{"b":3,"c":3}"""), priority: 0);
        var own = await world.Own.PatchPropertiesAsync(
            Key(Device),
            JsonElement.Parse("""{"c":4}"""),
            CancellationToken.None
        );
        Assert.Null(own.Error);
        Assert.Equal("""{"a":1,"b":2,"c":4}""", (await DesiredAsync(world)).Properties.ToJsonString());

        await SetGroupAsync(world, "paris", properties: null, priority: 2);
        await world.MarkAsync();
        Assert.Equal("""{"a":1,"b":3,"c":4}""", (await DesiredAsync(world)).Properties.ToJsonString());
        await using var context = await world.World.OpenAsync();
        Assert.Equal("""{"a":1,"b":3,"c":4}""", Compact((await context.DesiredDocuments.SingleAsync()).Properties));
    }

    [Theory, EveryStore]
    public async Task Leaving_and_deleting_a_group_take_its_layer_away_and_joining_brings_it(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        var groups = world.World.Get<DeviceGroups>();
        await JoinedAsync(world);
        await SetGroupAsync(world, Group, new DesiredSnap("nats"));
        await world.MarkAsync();

        await groups.RemoveDevicesAsync(TwinWorld.Organization, Group, [Device], "ann", CancellationToken.None);
        Assert.NotNull((await world.SyncAsync(Device)).MarkedBy);
        await world.MarkAsync();
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);

        await groups.AddDevicesAsync(TwinWorld.Organization, Group, [Device], "ann", CancellationToken.None);
        await world.MarkAsync();
        Assert.Equal(SyncStatus.Pending, (await world.SyncAsync(Device)).Status);

        await groups.DeleteAsync(TwinWorld.Organization, Group, "ann", CancellationToken.None);
        await world.MarkAsync();
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);
        await JoinedAsync(world, enroll: false);
        await world.MarkAsync();
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);
    }

    [Theory, EveryStore]
    public async Task A_device_that_changes_its_model_has_the_new_ones_layer_at_once(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await SetModelAsync(world, new LayerChange(null, [new DesiredSnap("nats")], null), "gateway-2");
        await world.MarkAsync();
        Assert.Equal(SyncStatus.InSync, (await world.SyncAsync(Device)).Status);
        await world.World.RequestAsync(Device, ActionKind.Device);
        var sent = Assert.Single(await world.World.SendAsync());
        Assert.Null(await world.World.AnswerAsync(sent, TwinWorld.Identity(Device, "gateway-2")));
        Assert.Equal(SyncStatus.Pending, (await world.SyncAsync(Device)).Status);
    }

    [Theory, EveryStore]
    public async Task A_version_that_is_not_the_stored_one_is_a_conflict_and_changes_nothing(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await JoinedAsync(world);
        var changes = (await world.World.ChangesAsync(Device)).Count;
        var change = new LayerChange(null, [new DesiredSnap("nats")], null);

        var own = await world.Own.SetSnapsAsync(Key(Device, 1), [new("nats")], CancellationToken.None);
        var group = await world.Shared.SetGroupAsync(Key(Group, 1), change, CancellationToken.None);
        var model = await world.Shared.SetModelAsync(Key(Model, 1), change, CancellationToken.None);

        var elsewhere = await world.Shared.SetModelAsync(
            Key(Model, 1) with
            {
                OrganizationId = "nobody-yet",
            },
            change,
            CancellationToken.None
        );

        Assert.All(
            [own.Error, group.Error, model.Error, elsewhere.Error],
            error => Assert.Equal(new VersionConflict(1, 0), error)
        );
        await world.MarkAsync();
        Assert.Equal(changes, (await world.World.ChangesAsync(Device)).Count);
        await using var context = await world.World.OpenAsync();
        Assert.Empty(await context.DesiredLayers.ToListAsync());
        Assert.Equal(TwinWorld.Organization, Assert.Single(await context.Organizations.ToListAsync()).Id);
    }

    [Theory, EveryStore]
    public async Task Each_change_has_the_next_version_its_time_and_its_author(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        await world.WantAsync(Device, new DesiredSnap("nats"));
        world.World.Clock.Advance(Tick);
        var cleared = await world.Own.ClearSnapsAsync(Key(Device, 1, "ben"), ["nats"], CancellationToken.None);
        Assert.Null(cleared.Error);
        await using var context = await world.World.OpenAsync();
        var layer = await context.DesiredLayers.SingleAsync();
        Assert.Equal((2, world.World.Now, "ben", "[]"), (layer.Version, layer.UpdatedAt, layer.UpdatedBy, layer.Snaps));
        Assert.Equal(
            ["ann", "ben"],
            (await world.World.ChangesAsync(Device))
                .Where(change => change.Kinds == ChangeKinds.Desired)
                .Select(change => change.By)
        );
    }

    [Theory, EveryStore]
    public async Task A_device_that_is_deleted_while_it_is_being_marked_is_not_counted(StoreKind kind)
    {
        await using var world = await CreateAsync(kind);
        await world.EnrollAsync(Device);
        var device = await world.World.DeviceAsync(Device);
        await world.World.Get<Lifecycle>().DeleteAsync(TwinWorld.Organization, Device, "ann", CancellationToken.None);
        await world.World.Store.WriteAsync(
            (context, token) => SyncStates.MarkAsync(context, [device!.Id], "ann", token),
            CancellationToken.None
        );
        var summary = await SummaryAsync(world);
        Assert.Equal((0, 0, 0), (summary.Total, summary.InSync, summary.Drifted));
    }

    [Fact]
    public async Task A_change_of_a_models_layer_waits_for_devices_that_are_just_becoming_of_the_model()
    {
        await using var world = await CreateAsync(StoreKind.Postgres);
        await world.EnrollAsync(Device);
        Task? change = null;
        await world.World.Store.WriteAsync(
            async (context, token) =>
            {
                await LayerStatements.JoinModelAsync(context, TwinWorld.Organization, "gateway-2", token);
                var device = await context.Devices.SingleAsync(token);
                device.Model = "gateway-2";
                change = SetModelAsync(world, new LayerChange(null, [new DesiredSnap("nats")], null), "gateway-2");
                await Eventually.BecomesTrueAsync(() => WaitsAsync(world), "the change waits");
            },
            CancellationToken.None
        );
        await change!;
        Assert.Equal(1, (await SummaryAsync(world)).SyncUnknown);
        await world.MarkAsync();
        Assert.Equal(SyncStatus.Pending, (await world.SyncAsync(Device)).Status);
    }

    private static async Task<bool> WaitsAsync(DesiredWorld world)
    {
        await using var context = await world.World.OpenAsync();
        var waiting = await context
            .Database.SqlQuery<int>(
                $"""
                select count(*)::int as "Value" from pg_locks
                where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
                """
            )
            .ToListAsync();
        return waiting.Single() > 0;
    }

    private static async Task JoinedAsync(DesiredWorld world, bool enroll = true)
    {
        if (enroll)
        {
            await world.EnrollAsync(Device);
        }

        await CreateGroupAsync(world, Group);
    }

    private static async Task CreateGroupAsync(DesiredWorld world, string name)
    {
        var groups = world.World.Get<DeviceGroups>();
        await groups.CreateAsync(TwinWorld.Organization, name, CancellationToken.None);
        var joined = await groups.AddDevicesAsync(
            TwinWorld.Organization,
            name,
            [Device],
            "ann",
            CancellationToken.None
        );
        Assert.Null(joined.Error);
        await world.MarkAsync();
    }

    private static Task SetGroupAsync(DesiredWorld world, string name, params DesiredSnap[] snaps) =>
        SetGroupAsync(world, name, new LayerChange(null, snaps, null));

    private static Task SetGroupAsync(DesiredWorld world, string name, JsonElement? properties, int priority) =>
        SetGroupAsync(world, name, new LayerChange(properties, null, priority));

    private static async Task SetGroupAsync(DesiredWorld world, string name, LayerChange change) =>
        Assert.Null((await world.Shared.SetGroupAsync(Key(name), change, CancellationToken.None)).Error);

    private static async Task SetModelAsync(DesiredWorld world, LayerChange change, string model = Model) =>
        Assert.Null((await world.Shared.SetModelAsync(Key(model), change, CancellationToken.None)).Error);

    private static async Task<MergedState> DesiredAsync(DesiredWorld world)
    {
        await using var context = await world.World.OpenAsync();
        var device = await context.Devices.SingleAsync(device => device.DeviceId == Device);
        return (await TwinStates.ReadDesiredAsync(context, [device], CancellationToken.None))[device.Id];
    }

    private static Task<FleetSummary> SummaryAsync(DesiredWorld world) =>
        world.World.Get<FleetSummaries>().GetAsync(TwinWorld.Organization, CancellationToken.None);

    // PostgreSQL gives JSON back with its own spaces.
    private static string Compact(string json) => JsonSerializer.Serialize(JsonElement.Parse(json));
}
