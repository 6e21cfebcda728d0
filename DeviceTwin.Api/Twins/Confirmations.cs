using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>
/// Sees in a new snap list that earlier actions had their effect. It is part of the list's transaction, but an action that cannot be compared with the list
/// does not hold the list up: it is set aside at once, since the same list would give the same again, and left out of later lists until somebody retries it.
/// </summary>
/// <param name="setAside">Keeps actions that cannot be compared.</param>
/// <param name="faults">Makes actions fail in tests.</param>
/// <param name="clock">Our clock.</param>
public sealed class Confirmations(SetAsideItems setAside, FaultPoints faults, TimeProvider clock)
{
    /// <summary>How long after its answer an action is looked for in lists, and how many are at most.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    private const int Most = 200;

    /// <summary>Confirms the actions whose effect the lists show.</summary>
    /// <param name="context">The context, in a transaction that holds the devices' rows.</param>
    /// <param name="lists">Answers to <c>list</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task ConfirmAsync(
        TwinDbContext context,
        IReadOnlyList<TakenAnswer> lists,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(lists);
        string[] deviceIds = [.. lists.Select(list => list.Action.DeviceId)];
        var since = clock.GetUtcNow().UtcDateTime - Window;
        var waiting = await Unconfirmed(context, since)
            .Where(action => deviceIds.Contains(action.DeviceId))
            .Select(action => action.DeviceId)
            .Distinct()
            .ToHashSetAsync(cancellationToken);
        foreach (var list in lists.Where(list => waiting.Contains(list.Action.DeviceId)))
        {
            var snaps = ((SnapListResult)list.Answer.Result!).Snaps;
            await ConfirmAsync(context, list.Action.DeviceId, snaps, since, cancellationToken);
        }
    }

    private static IQueryable<DeviceAction> Unconfirmed(TwinDbContext context, DateTime since) =>
        context
            .Actions.Where(action => action.Status == ActionStatus.Completed && action.UpdatedAt >= since)
            .Where(action => action.Snap != null && action.ConfirmedAt == null);

    private async Task ConfirmAsync(
        TwinDbContext context,
        string deviceId,
        IReadOnlyList<SnapReport> snaps,
        DateTime since,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var actions = await Unconfirmed(context, since)
            .Where(action => action.DeviceId == deviceId)
            .Where(action =>
                !context.SetAsideItems.Any(item =>
                    item.Worker == WorkerNames.Confirmations && item.Key == action.ActionId
                )
            )
            .OrderByDescending(action => action.Id)
            .Take(Most)
            .ToListAsync(cancellationToken);
        var byName = snaps.ToDictionary(snap => snap.Name, StringComparer.Ordinal);
        foreach (var action in actions)
        {
            try
            {
                faults.Reach(WorkerNames.Confirmations, deviceId);
                if (!IsShown(action, byName.GetValueOrDefault(action.Snap!)))
                {
                    continue;
                }
            }
            catch (Exception fault) when (!StoreFault.IsUnavailable(fault))
            {
                var item = new FailedItem(action.ActionId, action.OrganizationId, deviceId);
                await setAside.AddWithinAsync(context, WorkerNames.Confirmations, item, fault, cancellationToken);
                continue;
            }

            action.ConfirmedAt = now;
            context.Add(Changes.Of(action, TwinChange.ByDevice, now));
        }
    }

    /// <summary>Whether a snap, as a list shows it, shows an action's effect.</summary>
    /// <param name="action">The action, completed.</param>
    /// <param name="snap">Its snap in the list; null where the list lacks it.</param>
    public static bool IsShown(DeviceAction action, SnapReport? snap)
    {
        ArgumentNullException.ThrowIfNull(action);
        return (action.Kind, snap) switch
        {
            (ActionKind.Remove, _) => snap is null,
            (_, null) => false,
            (ActionKind.Install, _) => true,
            (ActionKind.Enable, _) => snap.Status == "active",
            (ActionKind.Disable, _) => snap.IsKnown("status") && snap.Status != "active",
            (ActionKind.Refresh or ActionKind.Revert, _) => HasMoved(action, snap),
            (ActionKind.Switch, _) => Channels.AreSame(snap.Channel, action.Data) || HasMoved(action, snap),
            (ActionKind.Setconf, _) => Holds(snap.Config, action.Data),
            (ActionKind.Start, _) => AreActive(action, snap, true),
            (ActionKind.Stop, _) => AreActive(action, snap, false),
            _ => false,
        };
    }

    private static bool HasMoved(DeviceAction action, SnapReport snap) =>
        action.RevisionBefore is { } revision
        && (
            (snap.IsKnown("revision") && snap.Revision != revision)
            || (snap.IsKnown("channel") && !Channels.AreSame(snap.Channel, action.ChannelBefore))
        );

    private static bool AreActive(DeviceAction action, SnapReport snap, bool active)
    {
        var named = ActionData.ReadServices(action.Data, snap.Name);
        var services = (snap.Services ?? [])
            .Where(service => named.Count == 0 || named.Contains(service.Name))
            .ToList();
        return services.Count > 0
            && services.Count >= named.Count
            && services.TrueForAll(service => service.Active == active);
    }

    private static bool Holds(string? config, string? wanted) =>
        config is not null
        && wanted is not null
        && JsonContainment.Holds(StoredJson.Read(config), StoredJson.Read(wanted));
}
