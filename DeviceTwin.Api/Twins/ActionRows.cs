using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins;

/// <summary>The rows of actions at their begin and at an end that no answer brings.</summary>
public static class ActionRows
{
    /// <summary>Why an action ends whose device stayed away.</summary>
    public const string NotHeard = "The device was not heard in time.";

    /// <summary>An action that is to be sent: QUEUED and due at once.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="now">The instant.</param>
    /// <param name="expiresAt">Until when it waits for its device (UTC).</param>
    public static DeviceAction Queued(ActionRequest request, string by, DateTimeOffset now, DateTime expiresAt)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new DeviceAction
        {
            ActionId = ActionIds.New(now),
            OrganizationId = request.OrganizationId,
            DeviceId = request.DeviceId,
            Kind = request.Kind,
            Snap = request.Snap,
            Data = request.Data,
            Status = ActionStatus.Queued,
            CreatedAt = now.UtcDateTime,
            UpdatedAt = now.UtcDateTime,
            ExpiresAt = expiresAt,
            RequestedBy = by,
            DueAt = now.UtcDateTime,
        };
    }

    /// <summary>Ends an action without an answer: nothing of it is sent any more.</summary>
    /// <param name="action">The action.</param>
    /// <param name="status">How it ends.</param>
    /// <param name="message">Why; null where the status says it.</param>
    /// <param name="now">The instant (UTC).</param>
    public static void End(this DeviceAction action, ActionStatus status, string? message, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(action);
        action.Status = status;
        action.Message = message;
        action.UpdatedAt = now;
        action.DueAt = null;
        action.LeaseUntil = null;
    }
}
