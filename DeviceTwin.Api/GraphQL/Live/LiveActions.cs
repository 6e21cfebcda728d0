using System.Runtime.CompilerServices;
using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>Reads the actions that changes tell of, each as the change left it.</summary>
/// <param name="store">The store.</param>
public sealed class LiveActions(TwinStore store)
{
    /// <summary>The action of each change.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="actionId">The one action that is wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<ActionNode> ReadAsync(
        IAsyncEnumerable<TwinChange> changes,
        string? actionId,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var change in changes.WithCancellation(cancellationToken))
        {
            await using var context = await store.OpenAsync(cancellationToken);
            var action = await context
                .Actions.AsNoTracking()
                .SingleOrDefaultAsync(row => row.Id == change.ActionRowId, cancellationToken);
            if (action is not null && (actionId is null || action.ActionId == actionId))
            {
                yield return new ActionNode(AsOf(action, change));
            }
        }
    }

    // The row may have moved on by now: its listeners hear each status, not the last one three times.
    private static DeviceAction AsOf(DeviceAction action, TwinChange change)
    {
        if (action.Status != change.ActionStatus)
        {
            action.Status = change.ActionStatus!.Value;
            action.UpdatedAt = change.At;
            action.Message = null;
            action.ConfirmedAt = null;
            action.SentAt = action.Status == ActionStatus.Queued ? null : action.SentAt;
        }

        return action;
    }
}
