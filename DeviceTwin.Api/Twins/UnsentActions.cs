using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Actions that the service asked for, and takes back before they are sent.</summary>
public static class UnsentActions
{
    /// <summary>Cancels actions that are QUEUED and that no sender has in hand; others stay.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="ids">Their <see cref="DeviceAction.Id"/>; none of them is tracked by the context.</param>
    /// <param name="message">Why.</param>
    /// <param name="at">When (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task CancelAsync(
        TwinDbContext context,
        long[] ids,
        string message,
        DateTime at,
        CancellationToken cancellationToken
    )
    {
        foreach (var action in await ActionStatements.LockQueuedAsync(context, ids, at, cancellationToken))
        {
            action.End(ActionStatus.Cancelled, message, at);
            context.Add(Changes.Of(action, TwinChange.ByService, at));
        }
    }

    /// <summary>
    /// A person's wish goes before what the desired state asks for: reconciliation's actions of the devices that are not yet sent are
    /// cancelled, and the desired state is looked at again after the wish.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="deviceIds">The devices; the transaction holds their rows.</param>
    /// <param name="at">When (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task GiveWayAsync(
        TwinDbContext context,
        string[] deviceIds,
        DateTime at,
        CancellationToken cancellationToken
    )
    {
        var waiting = await ActionStatements
            .Open(context)
            .Where(action => deviceIds.Contains(action.DeviceId) && action.IsReconciliation)
            .Select(action => action.Id)
            .ToArrayAsync(cancellationToken);
        if (waiting.Length > 0)
        {
            await CancelAsync(context, waiting, "Somebody's own action goes first.", at, cancellationToken);
        }
    }
}
