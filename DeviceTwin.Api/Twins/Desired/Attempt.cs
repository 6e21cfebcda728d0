using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>An action that reconciliation asked for and that has ended, since there was last a reason to start anew.</summary>
/// <param name="ActionId">The action.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Snap">Of which snap.</param>
/// <param name="Data">What was sent with it.</param>
/// <param name="Status">How it ended.</param>
/// <param name="EndedAt">When it ended (UTC).</param>
/// <param name="Message">The device's answer, or why it failed.</param>
public sealed record Attempt(
    string ActionId,
    ActionKind Kind,
    string Snap,
    string? Data,
    ActionStatus Status,
    DateTime EndedAt,
    string? Message
)
{
    /// <summary>A stored action.</summary>
    /// <param name="action">The action, which has ended and names a snap.</param>
    public static Attempt Of(DeviceAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new Attempt(
            action.ActionId,
            action.Kind,
            action.Snap!,
            action.Data,
            action.Status,
            action.UpdatedAt,
            action.Message
        );
    }
}
