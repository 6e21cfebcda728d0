using System.Text.Json;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Applies what snaps a device says it has. Only what differs is written.</summary>
/// <param name="confirmations">Sees the effect of earlier actions in a new list.</param>
/// <param name="clock">Our clock.</param>
public sealed class SnapReports(Confirmations confirmations, TimeProvider clock)
{
    /// <summary>Replaces devices' snaps by what they list.</summary>
    /// <param name="context">The context, in a transaction that holds the devices' rows.</param>
    /// <param name="taken">Successful answers to <c>list</c> of devices that have a twin.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task ReplaceAsync(
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

        long[] twinIds = [.. taken.Select(one => one.Device!.Id)];
        var stored = (
            await context.Snaps.Where(snap => twinIds.Contains(snap.TwinId)).ToListAsync(cancellationToken)
        ).ToLookup(snap => snap.TwinId);
        foreach (var one in taken)
        {
            Replace(context, one.Device!, stored[one.Device!.Id], (SnapListResult)one.Answer.Result!);
        }

        var changed = ChangedTwins(context);
        foreach (var one in taken.Where(one => changed.Contains(one.Device!.Id)))
        {
            one.Kinds |= ChangeKinds.Snaps;
        }

        await confirmations.ConfirmAsync(context, taken, cancellationToken);
    }

    private void Replace(TwinDbContext context, Device device, IEnumerable<Snap> stored, SnapListResult list)
    {
        var left = stored.ToDictionary(snap => snap.Name, StringComparer.Ordinal);
        foreach (var report in list.Snaps)
        {
            if (!left.Remove(report.Name, out var snap))
            {
                snap = new Snap { TwinId = device.Id, Name = report.Name };
                context.Add(snap);
            }

            Fill(snap, report);
            snap.Config = Same(snap.Config, report.Config) ? snap.Config : report.Config;
        }

        context.RemoveRange(left.Values);
        device.SnapListHash = list.SnapListHash ?? device.SnapListHash;
        device.InstalledSnapsHash = list.InstalledSnapsHash ?? device.InstalledSnapsHash;
        device.SnapsReportedAt = clock.GetUtcNow().UtcDateTime;
    }

    /// <summary>Brings one snap up to date; a config that the report lacks stays as it is known. Gives what changed.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin.</param>
    /// <param name="action">The action that is answered: info or conf.</param>
    /// <param name="report">The snap.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<ChangeKinds> UpdateAsync(
        TwinDbContext context,
        Device device,
        DeviceAction action,
        SnapReport report,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(report);
        var snap = await context.Snaps.SingleOrDefaultAsync(
            row => row.TwinId == device.Id && row.Name == report.Name,
            cancellationToken
        );
        if (snap is null)
        {
            snap = new Snap { TwinId = device.Id, Name = report.Name };
            context.Add(snap);
        }

        Fill(snap, report);
        snap.Config = report.Config is null || Same(snap.Config, report.Config) ? snap.Config : report.Config;
        snap.StoreSnapId = action.Kind == ActionKind.Info ? report.DeviceId : snap.StoreSnapId;
        return ChangedTwins(context).Contains(device.Id) ? ChangeKinds.Snaps : ChangeKinds.None;
    }

    /// <summary>Notes on an action what its snap was when the device answered, so that a later list can show that it moved.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin; null where there is none.</param>
    /// <param name="action">The action that is answered.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task NoteBeforeAsync(
        TwinDbContext context,
        Device? device,
        DeviceAction action,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(action);
        var snap = device is null
            ? null
            : await context.Snaps.SingleOrDefaultAsync(
                row => row.TwinId == device.Id && row.Name == action.Snap,
                cancellationToken
            );
        action.RevisionBefore = snap?.Revision;
        action.ChannelBefore = snap?.Channel;
    }

    private static void Fill(Snap snap, SnapReport report)
    {
        snap.Version = report.Version;
        snap.Revision = report.Revision;
        snap.Channel = report.Channel;
        snap.Confinement = report.Confinement;
        snap.Status = report.Status;
        snap.Devmode = report.Devmode;
        snap.InstalledSize = report.InstalledSize;
        snap.InstalledAt = report.InstalledAt;
        if (report.Services is { } services)
        {
            var json = JsonSerializer.Serialize(services, TwinJson.Default.IReadOnlyListSnapService);
            snap.Services = Same(snap.Services, json) ? snap.Services : json;
        }
    }

    private static HashSet<long> ChangedTwins(TwinDbContext context) =>
        [
            .. context
                .ChangeTracker.Entries<Snap>()
                .Where(entry => entry.State != EntityState.Unchanged)
                .Select(entry => entry.Entity.TwinId),
        ];

    // PostgreSQL gives JSON back with its own spaces and order of keys: texts differ where values do not.
    private static bool Same(string? stored, string? told)
    {
        if (stored is null || told is null)
        {
            return stored is null && told is null;
        }

        using var storedJson = JsonDocument.Parse(stored);
        using var toldJson = JsonDocument.Parse(told);
        return JsonElement.DeepEquals(storedJson.RootElement, toldJson.RootElement);
    }
}
