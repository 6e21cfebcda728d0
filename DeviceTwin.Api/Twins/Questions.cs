using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>
/// What the service itself asks of devices: who they are, their operating system, their snaps. A question is an action
/// that is repeated, with the same id, until it is answered or expires.
/// </summary>
/// <param name="settings">Time limits.</param>
/// <param name="clock">Our clock.</param>
public sealed class Questions(Settings settings, TimeProvider clock)
{
    /// <summary>Asks a device one question, unless it is already asked and not yet sent; then that one moves to <paramref name="dueAt"/>.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="organizationId">The device's organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="kind">Device, server or list.</param>
    /// <param name="dueAt">When to send it (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AskAsync(
        TwinDbContext context,
        string organizationId,
        string deviceId,
        ActionKind kind,
        DateTime dueAt,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var moved = await context
            .Actions.Where(action => action.DeviceId == deviceId && action.IsQuestion && action.Kind == kind)
            .Where(action => action.Status == ActionStatus.Queued && action.LeaseUntil == null)
            .ExecuteUpdateAsync(set => set.SetProperty(action => action.DueAt, dueAt), cancellationToken);
        if (moved == 0)
        {
            context.Add(New(organizationId, deviceId, kind, dueAt));
        }
    }

    /// <summary>Asks a device one question that is known not to be on its way.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The device.</param>
    /// <param name="kind">Device, server or list.</param>
    /// <param name="dueAt">When to send it (UTC).</param>
    public void Ask(TwinDbContext context, Device device, ActionKind kind, DateTime dueAt)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        context.Add(New(device.OrganizationId, device.DeviceId, kind, dueAt));
    }

    /// <summary>The devices among these to which a question of this kind is on its way.</summary>
    /// <param name="context">The context.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="kind">Device, server or list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<HashSet<string>> FindOpenAsync(
        TwinDbContext context,
        string[] deviceIds,
        ActionKind kind,
        CancellationToken cancellationToken
    ) =>
        Open(context, kind)
            .Where(action => deviceIds.Contains(action.DeviceId))
            .Select(action => action.DeviceId)
            .ToHashSetAsync(cancellationToken);

    /// <summary>Asks devices that are not known who they are and what snaps they have, unless that is already asked.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="devices">Each device with its organization.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task IntroduceAsync(
        TwinDbContext context,
        IReadOnlyCollection<(string OrganizationId, string DeviceId)> devices,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(devices);
        var deviceIds = devices.Select(device => device.DeviceId).ToArray();
        var asked = await FindOpenAsync(context, deviceIds, ActionKind.Device, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var questions = new List<DeviceAction>();
        foreach (var (organizationId, deviceId) in devices.Where(device => !asked.Contains(device.DeviceId)))
        {
            questions.Add(New(organizationId, deviceId, ActionKind.Device, now));
            questions.Add(New(organizationId, deviceId, ActionKind.List, now));
        }

        await ManyRows.InsertAsync(context, questions, cancellationToken);
    }

    /// <summary>Keeps the hashes of these sightings and asks for the snap lists that they announce.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="sightings">Sightings of known devices whose hashes differ from the stored ones.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AskForNewSnapsAsync(
        TwinDbContext context,
        IReadOnlyCollection<Sighting> sightings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(sightings);
        if (sightings.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        // A device whose row is held (its answer is just being applied) is left for its next heartbeat, which differs still.
        var devices = await DeviceStatements.LockFreeAsync(
            context,
            [.. sightings.Select(sighting => sighting.DeviceId)],
            cancellationToken
        );
        var byDevice = sightings.ToDictionary(sighting => sighting.DeviceId, StringComparer.Ordinal);
        foreach (var device in devices)
        {
            var sighting = byDevice[device.DeviceId];
            device.SnapListHash = sighting.SnapListHash ?? device.SnapListHash;
            device.InstalledSnapsHash = sighting.InstalledSnapsHash ?? device.InstalledSnapsHash;
            await AskAsync(context, device.OrganizationId, device.DeviceId, ActionKind.List, now, cancellationToken);
        }
    }

    private static IQueryable<DeviceAction> Open(TwinDbContext context, ActionKind kind) =>
        context.Actions.Where(action =>
            action.IsQuestion
            && action.Kind == kind
            && (action.Status == ActionStatus.Queued || action.Status == ActionStatus.Sent)
        );

    private DeviceAction New(string organizationId, string deviceId, ActionKind kind, DateTime dueAt)
    {
        var now = clock.GetUtcNow();
        var question = ActionRows.Queued(
            new ActionRequest(organizationId, deviceId, kind),
            TwinChange.ByService,
            now,
            now.UtcDateTime + settings.Action.QueueTimeToLive
        );
        question.IsQuestion = true;
        question.DueAt = dueAt;
        return question;
    }
}
