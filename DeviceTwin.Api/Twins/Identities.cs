using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Data.Organizations;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Applies who a device says it is: creates its twin, or brings the summary up to date.</summary>
/// <param name="questions">Asks for what the device did not tell.</param>
/// <param name="syncStates">Works out how far the device is from what its model asks for.</param>
/// <param name="clock">Our clock.</param>
public sealed class Identities(Questions questions, SyncStates syncStates, TimeProvider clock)
{
    /// <summary>Applies the answer to a <c>device</c> action. Gives what changed besides the action.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin; null where there is none yet.</param>
    /// <param name="action">The action that is answered.</param>
    /// <param name="result">Who the device says it is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ChangeKinds> ApplyAsync(
        TwinDbContext context,
        Device? device,
        DeviceAction action,
        DeviceResult result,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(result);
        Check(result, action);
        if (device is null)
        {
            await CreateAsync(context, action, result, cancellationToken);
            return ChangeKinds.Created
                | (result.OperatingSystem is null ? ChangeKinds.None : ChangeKinds.OperatingSystem);
        }

        var kinds = await UpdateAsync(context, device, result, cancellationToken);
        return result.OperatingSystem is { } system
            ? kinds | await ApplyAsync(context, device, system, cancellationToken)
            : kinds;
    }

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
        Check(result.DeviceId, device.DeviceId);
        var system = await context.OperatingSystems.FindAsync([device.Id], cancellationToken);
        if (system is null)
        {
            context.Add(Fill(new DeviceOperatingSystem { TwinId = device.Id }, result));
            return ChangeKinds.OperatingSystem;
        }

        Fill(system, result);
        return context.Entry(system).State == EntityState.Modified ? ChangeKinds.OperatingSystem : ChangeKinds.None;
    }

    /// <summary>Checks that a result speaks of the device and the organization that the action was for.</summary>
    /// <param name="result">The result; null where the answer has none.</param>
    /// <param name="action">The action.</param>
    /// <exception cref="RejectedAnswerException">It speaks of others.</exception>
    public static void Check(DeviceResult? result, DeviceAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (result is null)
        {
            return;
        }

        Check(result.DeviceId, action.DeviceId);
        if (result.OrganizationId != action.OrganizationId)
        {
            throw new RejectedAnswerException("its result names another organization");
        }
    }

    private static void Check(string namedDeviceId, string deviceId)
    {
        if (namedDeviceId.Length > 0 && namedDeviceId != deviceId)
        {
            throw new RejectedAnswerException("its result names another device");
        }
    }

    private async Task CreateAsync(
        TwinDbContext context,
        DeviceAction action,
        DeviceResult result,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var enrollment = await context.Enrollments.FindAsync([action.DeviceId], cancellationToken);
        await OrganizationStatements.EnsureAsync(context, action.OrganizationId, now, cancellationToken);
        var device = new Device
        {
            OrganizationId = action.OrganizationId,
            DeviceId = action.DeviceId,
            CreatedAt = now,
            SnapListHash = enrollment?.SnapListHash,
            InstalledSnapsHash = enrollment?.InstalledSnapsHash,
            Heartbeat = new DeviceHeartbeat
            {
                HeartbeatAt = enrollment?.HeartbeatAt > now ? now : enrollment?.HeartbeatAt,
                LastSeenAt = now,
                Connectivity = Connectivity.Online,
            },
            Sync = new DeviceSync { AttemptsSince = now },
            OperatingSystem = result.OperatingSystem is { } system ? Fill(new DeviceOperatingSystem(), system) : null,
        };
        Fill(device, result);
        context.Add(device);
        if (enrollment is not null)
        {
            context.Remove(enrollment);
        }

        await context.SaveChangesAsync(cancellationToken);
        context.Add(
            new ConnectivityChange
            {
                TwinId = device.Id,
                Connectivity = Connectivity.Online,
                At = now,
            }
        );
        context.Add(Changes.Of(device, ChangeKinds.Connectivity, TwinChange.ByService, now));
        var ledger = new FleetLedger(context);
        ledger.Add(device, Connectivity.Online, device.Sync.Count);
        ledger.Write();
        await LayerStatements.JoinModelAsync(context, device.OrganizationId, device.Model, cancellationToken);
        await syncStates.RefreshAsync(context, device, ChangeKinds.Desired, cancellationToken);
        await AskForTheRestAsync(context, device, result, now, cancellationToken);
    }

    // The first list may have been answered before the twin was there to take it.
    private async Task AskForTheRestAsync(
        TwinDbContext context,
        Device device,
        DeviceResult result,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        if (result.OperatingSystem is null)
        {
            await AskAsync(ActionKind.Server);
        }

        if (!await Questions.IsOpenAsync(context, device.DeviceId, ActionKind.List, cancellationToken))
        {
            await AskAsync(ActionKind.List);
        }

        Task AskAsync(ActionKind kind) =>
            questions.AskAsync(context, device.OrganizationId, device.DeviceId, kind, now, cancellationToken);
    }

    private async Task<ChangeKinds> UpdateAsync(
        TwinDbContext context,
        Device device,
        DeviceResult result,
        CancellationToken cancellationToken
    )
    {
        var isCountedElsewhere = device.Brand != result.Brand || device.Model != result.Model;
        if (!isCountedElsewhere)
        {
            Fill(device, result);
            return context.Entry(device).State == EntityState.Modified ? ChangeKinds.Summary : ChangeKinds.None;
        }

        var connectivity = await HeartbeatStatements.LockConnectivityAsync(context, device.Id, cancellationToken);
        var sync = (await SyncStatements.LockAsync(context, [device.Id], cancellationToken))[device.Id];
        var ledger = new FleetLedger(context);
        ledger.Remove(device, connectivity, sync.Count);
        Fill(device, result);
        ledger.Add(device, connectivity, sync.Count);
        ledger.Write();
        await LayerStatements.JoinModelAsync(context, device.OrganizationId, device.Model, cancellationToken);
        return ChangeKinds.Summary
            | await syncStates.RefreshAsync(context, device, ChangeKinds.Desired, cancellationToken);
    }

    private static void Fill(Device device, DeviceResult result)
    {
        device.Brand = result.Brand;
        device.Model = result.Model;
        device.Serial = result.Serial;
        device.StoreId = result.StoreId;
        device.DeviceKey = result.DeviceKey;
    }

    private static DeviceOperatingSystem Fill(DeviceOperatingSystem system, OperatingSystemResult result)
    {
        system.Version = result.Version;
        system.Series = result.Series;
        system.OsId = result.OsId;
        system.OsVersionId = result.OsVersionId;
        system.OnClassic = result.OnClassic;
        system.KernelVersion = result.KernelVersion;
        return system;
    }
}
