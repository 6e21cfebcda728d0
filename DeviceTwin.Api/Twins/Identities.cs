using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Enrollments;
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
            context.Add(Fill(new DeviceOperatingSystem { TwinId = device.Id }, result));
            return ChangeKinds.OperatingSystem;
        }

        Fill(system, result);
        return context.Entry(system).State == EntityState.Modified ? ChangeKinds.OperatingSystem : ChangeKinds.None;
    }

    /// <summary>Creates the twins of devices that have told who they are.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="taken">Successful answers to <c>device</c> of devices that have no twin.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task CreateAsync(
        TwinDbContext context,
        IReadOnlyList<TakenAnswer> taken,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(taken);
        if (taken.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        string[] deviceIds = [.. taken.Select(one => one.Action.DeviceId)];
        var enrollments = await context
            .Enrollments.AsNoTracking()
            .Where(row => deviceIds.Contains(row.DeviceId))
            .ToDictionaryAsync(row => row.DeviceId, StringComparer.Ordinal, cancellationToken);
        foreach (var organizationId in taken.Select(one => one.Action.OrganizationId).Distinct().Order())
        {
            await OrganizationStatements.EnsureAsync(context, organizationId, now, cancellationToken);
        }

        var results = taken.ToDictionary(one => one.Action.DeviceId, one => (DeviceResult)one.Answer.Result!);
        var devices = new List<Device>();
        foreach (var one in taken)
        {
            var result = results[one.Action.DeviceId];
            devices.Add(New(one.Action, result, enrollments.GetValueOrDefault(one.Action.DeviceId), now));
            one.Kinds |= ChangeKinds.Created;
            one.Kinds |= result.OperatingSystem is null ? ChangeKinds.None : ChangeKinds.OperatingSystem;
        }

        context.AddRange(devices);
        await context.SaveChangesAsync(cancellationToken);
        await AddPartsAsync(context, devices, enrollments, results, now, cancellationToken);
        await context.Enrollments.Where(row => deviceIds.Contains(row.DeviceId)).ExecuteDeleteAsync(cancellationToken);
        await CountAsync(context, devices, now, cancellationToken);
        await AskForTheRestAsync(context, devices, results, now, cancellationToken);
    }

    private static Device New(DeviceAction action, DeviceResult result, Enrollment? enrollment, DateTime now)
    {
        var device = new Device
        {
            OrganizationId = action.OrganizationId,
            DeviceId = action.DeviceId,
            CreatedAt = now,
            SnapListHash = enrollment?.SnapListHash,
            InstalledSnapsHash = enrollment?.InstalledSnapsHash,
        };
        Fill(device, result);
        return device;
    }

    private static async Task AddPartsAsync(
        TwinDbContext context,
        List<Device> devices,
        Dictionary<string, Enrollment> enrollments,
        Dictionary<string, DeviceResult> results,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        var heartbeats = devices.ConvertAll(device =>
        {
            var heartbeatAt = enrollments.GetValueOrDefault(device.DeviceId)?.HeartbeatAt;
            return new DeviceHeartbeat
            {
                TwinId = device.Id,
                HeartbeatAt = heartbeatAt > now ? now : heartbeatAt,
                LastSeenAt = now,
                Connectivity = Connectivity.Online,
            };
        });
        var syncs = devices.ConvertAll(device => new DeviceSync { TwinId = device.Id, AttemptsSince = now });
        var systems = new List<DeviceOperatingSystem>();
        foreach (var device in devices)
        {
            if (results[device.DeviceId].OperatingSystem is { } system)
            {
                systems.Add(Fill(new DeviceOperatingSystem { TwinId = device.Id }, system));
            }
        }

        await ManyRows.InsertAsync(context, heartbeats, cancellationToken);
        await ManyRows.InsertAsync(context, syncs, cancellationToken);
        await ManyRows.InsertAsync(context, systems, cancellationToken);
    }

    private async Task CountAsync(
        TwinDbContext context,
        List<Device> devices,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        var ledger = new FleetLedger(context);
        foreach (var device in devices)
        {
            context.Add(
                new ConnectivityChange
                {
                    TwinId = device.Id,
                    Connectivity = Connectivity.Online,
                    At = now,
                }
            );
            context.Add(Changes.Of(device, ChangeKinds.Connectivity, TwinChange.ByService, now));
            ledger.Add(device, Connectivity.Online, SyncCount.InSync);
        }

        ledger.Write();
        foreach (
            var (organizationId, model) in devices.Select(one => (one.OrganizationId, one.Model)).Distinct().Order()
        )
        {
            await LayerStatements.JoinModelAsync(context, organizationId, model, cancellationToken);
        }

        await syncStates.RefreshAsync(context, devices, ChangeKinds.None, cancellationToken);
    }

    // The first list may have been answered before the twin was there to take it.
    private async Task AskForTheRestAsync(
        TwinDbContext context,
        List<Device> devices,
        Dictionary<string, DeviceResult> results,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        string[] deviceIds = [.. devices.Select(device => device.DeviceId)];
        var listed = await Questions.FindOpenAsync(context, deviceIds, ActionKind.List, cancellationToken);
        foreach (var device in devices)
        {
            if (results[device.DeviceId].OperatingSystem is null)
            {
                await AskAsync(device, ActionKind.Server);
            }

            if (!listed.Contains(device.DeviceId))
            {
                await AskAsync(device, ActionKind.List);
            }
        }

        Task AskAsync(Device device, ActionKind kind) =>
            questions.AskAsync(context, device.OrganizationId, device.DeviceId, kind, now, cancellationToken);
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
