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

/// <summary>Creates the twins of devices that have told who they are.</summary>
/// <param name="questions">Asks for what a device did not tell.</param>
/// <param name="syncStates">Works out how far a device is from what its model asks for.</param>
/// <param name="clock">Our clock.</param>
public sealed class NewTwins(Questions questions, SyncStates syncStates, TimeProvider clock)
{
    /// <summary>Creates them with all that belongs to them.</summary>
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
        result.CopyTo(device);
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
            // Bounded again: an earlier release stored what the device told.
            DateTime? heartbeatAt = enrollments.GetValueOrDefault(device.DeviceId)?.HeartbeatAt is { } told
                ? Sighting.Bounded(told, now)
                : null;
            return new DeviceHeartbeat
            {
                TwinId = device.Id,
                HeartbeatAt = heartbeatAt,
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
                systems.Add(system.CopyTo(new DeviceOperatingSystem { TwinId = device.Id }));
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
}
