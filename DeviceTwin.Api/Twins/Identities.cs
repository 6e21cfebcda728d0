using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Brings twins up to date with who their devices say they are.</summary>
/// <param name="syncStates">Works out how far the device is from what its model asks for.</param>
public sealed class Identities(SyncStates syncStates)
{
    /// <summary>Applies an operating system. Gives what changed.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin.</param>
    /// <param name="result">The operating system.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<ChangeKinds> ApplyAsync(
        TwinDbContext context,
        Device device,
        OperatingSystemResult result,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(result);
        var system = await context.OperatingSystems.FindAsync([device.Id], cancellationToken);
        if (system is null)
        {
            context.Add(result.CopyTo(new DeviceOperatingSystem { TwinId = device.Id }));
            return ChangeKinds.OperatingSystem;
        }

        result.CopyTo(system);
        return context.Entry(system).State == EntityState.Modified ? ChangeKinds.OperatingSystem : ChangeKinds.None;
    }

    /// <summary>Brings a twin up to date with who its device says it is. Gives what changed.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin.</param>
    /// <param name="result">Who the device says it is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ChangeKinds> UpdateAsync(
        TwinDbContext context,
        Device device,
        DeviceResult result,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(result);
        var kinds = await UpdateSummaryAsync(context, device, result, cancellationToken);
        return result.OperatingSystem is { } system
            ? kinds | await ApplyAsync(context, device, system, cancellationToken)
            : kinds;
    }

    private async Task<ChangeKinds> UpdateSummaryAsync(
        TwinDbContext context,
        Device device,
        DeviceResult result,
        CancellationToken cancellationToken
    )
    {
        var isCountedElsewhere = device.Brand != result.Brand || device.Model != result.Model;
        if (!isCountedElsewhere)
        {
            result.CopyTo(device);
            return context.Entry(device).State == EntityState.Modified ? ChangeKinds.Summary : ChangeKinds.None;
        }

        var connectivity = await HeartbeatStatements.LockConnectivityAsync(context, device.Id, cancellationToken);
        var sync = (await SyncStatements.LockAsync(context, [device.Id], cancellationToken))[device.Id];
        var ledger = new FleetLedger(context);
        ledger.Remove(device, connectivity, sync.Count);
        result.CopyTo(device);
        ledger.Add(device, connectivity, sync.Count);
        ledger.Write();
        await LayerStatements.JoinModelAsync(context, device.OrganizationId, device.Model, cancellationToken);
        return ChangeKinds.Summary
            | await syncStates.RefreshAsync(context, device, ChangeKinds.Desired, cancellationToken);
    }
}
