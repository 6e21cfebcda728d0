using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Twins;

/// <summary>Ends of actions that no answer brings.</summary>
public static class ActionEnds
{
    /// <summary>Ends an action, with its row in the change log.</summary>
    /// <param name="context">The context, in a transaction that holds the action's row.</param>
    /// <param name="action">The action, open.</param>
    /// <param name="status">TIMED_OUT or CANCELLED.</param>
    /// <param name="message">Why; null where it needs no word.</param>
    /// <param name="by">Who ends it.</param>
    /// <param name="at">When (UTC).</param>
    public static void End(
        TwinDbContext context,
        DeviceAction action,
        ActionStatus status,
        string? message,
        string by,
        DateTime at
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(action);
        action.Status = status;
        action.Message = message;
        action.UpdatedAt = at;
        action.DueAt = null;
        action.LeaseUntil = null;
        context.Add(Changes.Of(action, by, at));
    }

    /// <summary>Cancels actions that no sender has in hand, by the service itself; others stay.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="ids">Their <see cref="DeviceAction.Id"/>; none of them is tracked by the context.</param>
    /// <param name="message">Why.</param>
    /// <param name="at">When (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task CancelUnsentAsync(
        TwinDbContext context,
        long[] ids,
        string message,
        DateTime at,
        CancellationToken cancellationToken
    )
    {
        var open = await ActionStatements.LockOpenAsync(context, ids, cancellationToken);
        foreach (var action in open.Where(action => action.Status == ActionStatus.Queued && !(action.LeaseUntil > at)))
        {
            End(context, action, ActionStatus.Cancelled, message, TwinChange.ByService, at);
        }
    }
}
