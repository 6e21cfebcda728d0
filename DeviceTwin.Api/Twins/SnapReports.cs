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
        var stored = (await SnapStatements.ReadAsync(context, twinIds, cancellationToken)).ToLookup(snap =>
            snap.TwinId
        );
        var different = new List<Snap>();
        var gone = new List<long>();
        var texts = new JsonTexts();
        foreach (var one in taken)
        {
            var before = (different.Count, gone.Count);
            var list = (SnapListResult)one.Answer.Result!;
            Compare(one.Device!, stored[one.Device!.Id], list, texts, different, gone);
            one.Kinds |= before == (different.Count, gone.Count) ? ChangeKinds.None : ChangeKinds.Snaps;
            Note(one.Device!, list);
        }

        await SnapStatements.RemoveAsync(context, [.. gone], cancellationToken);
        await SnapStatements.StoreAsync(context, different, cancellationToken);
        await confirmations.ConfirmAsync(context, taken, cancellationToken);
    }

    private static void Compare(
        Device device,
        IEnumerable<Snap> stored,
        SnapListResult list,
        JsonTexts texts,
        List<Snap> different,
        List<long> gone
    )
    {
        var left = stored.ToDictionary(snap => snap.Name, StringComparer.Ordinal);
        foreach (var report in list.Snaps)
        {
            var isKnown = left.Remove(report.Name, out var snap);
            snap ??= new Snap { TwinId = device.Id, Name = report.Name };
            if (Fill(snap, report, report.Config, texts) || !isKnown)
            {
                different.Add(snap);
            }
        }

        gone.AddRange(left.Values.Select(snap => snap.Id));
    }

    private void Note(Device device, SnapListResult list)
    {
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

        var isConfigTold = report.Config is not null || !report.IsKnown("config");
        Fill(snap, report, isConfigTold ? report.Config : snap.Config, new JsonTexts(), keepsConfig: !isConfigTold);
        snap.StoreSnapId = action.Kind == ActionKind.Info ? report.DeviceId : snap.StoreSnapId;
        return context.Entry(snap).State == EntityState.Unchanged ? ChangeKinds.None : ChangeKinds.Snaps;
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

    // Gives whether anything differs.
    private static bool Fill(Snap snap, SnapReport report, string? config, JsonTexts texts, bool keepsConfig = false)
    {
        var before = Facts(snap);
        snap.FieldErrors = Errors(snap, report, keepsConfig);
        snap.Version = report.Version;
        snap.Revision = report.Revision;
        snap.Channel = report.Channel;
        snap.Confinement = report.Confinement;
        snap.Status = report.Status;
        snap.Devmode = report.Devmode;
        snap.InstalledSize = report.InstalledSize;
        snap.InstalledAt = report.InstalledAt is { } at ? StoredInstant.Of(at) : null;
        snap.Config = texts.AreSame(snap.Config, config) ? snap.Config : config;
        if (report.Services is { } services)
        {
            var json = JsonSerializer.Serialize(services, TwinJson.Default.IReadOnlyListSnapService);
            snap.Services = texts.AreSame(snap.Services, json) ? snap.Services : json;
        }

        return before != Facts(snap);
    }

    // What stays as it was known keeps its error, too.
    private static string? Errors(Snap snap, SnapReport report, bool keepsConfig)
    {
        var errors = new SortedDictionary<string, string>(
            report.FieldErrors.ToDictionary(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        foreach (var (field, reason) in ReadErrors(snap))
        {
            if ((field == "config" && keepsConfig) || (field == "services" && report.Services is null))
            {
                errors.TryAdd(field, reason);
            }
        }

        return errors.Count == 0
            ? null
            : JsonSerializer.Serialize(errors, TwinJson.Default.SortedDictionaryStringString);
    }

    /// <summary>The fields that a snap's device reported in a form that cannot be kept, with the reasons.</summary>
    /// <param name="snap">The stored snap.</param>
    public static IReadOnlyDictionary<string, string> ReadErrors(Snap snap)
    {
        ArgumentNullException.ThrowIfNull(snap);
        return snap.FieldErrors is null
            ? new SortedDictionary<string, string>(StringComparer.Ordinal)
            : JsonSerializer.Deserialize(snap.FieldErrors, TwinJson.Default.SortedDictionaryStringString)!;
    }

    private static (string, int, string, string, string, bool, long, DateTime?, (string?, string, string?)) Facts(
        Snap snap
    ) =>
        (
            snap.Version,
            snap.Revision,
            snap.Channel,
            snap.Confinement,
            snap.Status,
            snap.Devmode,
            snap.InstalledSize,
            snap.InstalledAt,
            (snap.Config, snap.Services, snap.FieldErrors)
        );
}
