using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>What the background work costs: as many statements for many devices as for a few.</summary>
public sealed class DesiredCostTests
{
    private const string Group = "berlin";

    [Theory, EveryStore]
    public async Task Rounds_of_background_work_cost_the_same_for_many_devices_as_for_a_few(StoreKind kind)
    {
        // Of very few rows each is written by itself, in one command.
        Assert.Equal(await CountAsync(kind, devices: 6), await CountAsync(kind, devices: 40));
    }

    private static async Task<string> CountAsync(StoreKind kind, int devices)
    {
        await using var world = await DesiredWorld.CreateAsync(kind);
        string[] deviceIds = [.. Enumerable.Range(0, devices).Select(device => $"c{device:D3}")];
        foreach (var deviceId in deviceIds)
        {
            await world.EnrollAsync(deviceId);
        }

        var groups = world.World.Get<DeviceGroups>();
        await groups.CreateAsync(TwinWorld.Organization, Group, CancellationToken.None);
        await groups.AddDevicesAsync(TwinWorld.Organization, Group, deviceIds, "ann", CancellationToken.None);
        await world.MarkAsync();
        var change = new LayerChange(null, [new DesiredSnap("nats")], null);
        Assert.Null((await world.Shared.SetGroupAsync(DesiredWorld.Key(Group), change, CancellationToken.None)).Error);

        var marking = await CountAsync<LayerMarking>(world);
        var marked = await CountAsync<MarkedDevices>(world);
        var installing = await CountAsync<Reconciler>(world);
        foreach (var deviceId in deviceIds)
        {
            var action = Assert.Single(await world.World.ActionsAsync(deviceId), action => action.IsReconciliation);
            var cancelled = await world.World.Requests.CancelAsync(
                TwinWorld.Organization,
                action.ActionId,
                "ann",
                CancellationToken.None
            );
            Assert.Null(cancelled.Error);
        }

        world.World.Clock.Advance(world.World.Settings.Desired.ListAge + TimeSpan.FromSeconds(1));
        var listing = await CountAsync<Reconciler>(world);
        return $"marking {marking}, marked {marked}, installing {installing}, listing {listing}";
    }

    private static async Task<int> CountAsync<TWork>(DesiredWorld world)
        where TWork : RepeatedWork
    {
        world.World.Commands.Clear();
        await world.World.RunAsync<TWork>();
        return world.World.Commands.Statements.Count(statement => !IsWriteOfRows(statement));
    }

    // PostgreSQL gets many rows in one command; SQLite, which is in the same process, gets each by itself.
    private static bool IsWriteOfRows(string statement) =>
        statement.StartsWith("INSERT INTO", StringComparison.Ordinal)
        || (
            statement.StartsWith("UPDATE", StringComparison.Ordinal)
            && !statement.Contains(" AS ", StringComparison.OrdinalIgnoreCase)
        );
}
