using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins;

/// <summary>An action that somebody wants.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Snap">The snap, where the kind concerns one.</param>
/// <param name="Data">What is sent with it, see <see cref="ActionData"/>.</param>
public sealed record ActionRequest(
    string OrganizationId,
    string DeviceId,
    ActionKind Kind,
    string? Snap = null,
    string? Data = null
);

/// <summary>Stores the actions that people want, and takes them back.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">Time limits.</param>
/// <param name="clock">Our clock.</param>
public sealed class ActionRequests(TwinStore store, Settings settings, TimeProvider clock)
{
    /// <summary>Stores an action as QUEUED; the sender relays it when the device is heard.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<DeviceAction>> RequestAsync(
        ActionRequest request,
        string by,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (ActionRules.Check(request.Kind, request.Snap, request.Data) is { } invalid)
        {
            return invalid;
        }

        return await store.WriteAsync<Outcome<DeviceAction>>(
            async (context, token) =>
            {
                if (
                    await DeviceStatements.LockVisibleAsync(context, request.OrganizationId, request.DeviceId, token)
                    is not { } device
                )
                {
                    return new DeviceNotFound(request.DeviceId);
                }

                var now = clock.GetUtcNow();
                await UnsentActions.GiveWayAsync(context, [device.DeviceId], now.UtcDateTime, token);
                var checkedRequest = request with { Data = ActionData.Canonical(request.Kind, request.Data) };
                var action = ActionRows.Queued(
                    checkedRequest,
                    by,
                    now,
                    now.UtcDateTime + settings.Action.QueueTimeToLive
                );
                context.Add(action);
                await context.SaveChangesAsync(token);
                context.Add(Changes.Of(action, by, action.CreatedAt));
                return action;
            },
            cancellationToken
        );
    }

    /// <summary>Takes back an action that is QUEUED and not on its way.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="actionId">The action.</param>
    /// <param name="by">Who takes it back.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<Outcome<DeviceAction>> CancelAsync(
        string organizationId,
        string actionId,
        string by,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync<Outcome<DeviceAction>>(
            async (context, token) =>
            {
                var found = await ActionStatements.LockAsync(context, [actionId], token);
                var action = found.GetValueOrDefault(actionId);
                if (action is null || action.OrganizationId != organizationId)
                {
                    return new ActionNotFound(actionId);
                }

                var now = clock.GetUtcNow().UtcDateTime;
                if (action.Status != ActionStatus.Queued || action.LeaseUntil > now)
                {
                    return new InvalidInput(
                        "actionId",
                        "Only an action that is QUEUED can be cancelled; this one is on its way or has ended."
                    );
                }

                action.End(ActionStatus.Cancelled, message: null, now);
                context.Add(Changes.Of(action, by, now));
                return action;
            },
            cancellationToken
        );
}
