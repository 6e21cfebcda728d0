using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins;

/// <summary>Messages on their way to devices. The sender claims, publishes, and says what became of it.</summary>
/// <typeparam name="TMessage">What is sent.</typeparam>
public interface IOutbox<TMessage>
    where TMessage : IOutgoingMessage
{
    /// <summary>
    /// A task that ends when there may be something new to send. Take it before <see cref="ClaimAsync"/>, await it after
    /// (with a time limit of a second or so: what other processes store raises no signal here).
    /// </summary>
    Task Next { get; }

    /// <summary>
    /// Claims messages that are due, at most one for each device. What is claimed and neither marked nor released, because the
    /// process died, is claimed again after a while.
    /// </summary>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">
    /// Messages to leave out. The later ones of a device wait behind one that waits for its next try, but not behind one that is set aside.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<IReadOnlyList<TMessage>> ClaimAsync(int most, ExcludedItems excluded, CancellationToken cancellationToken);

    /// <summary>The broker has acknowledged these.</summary>
    /// <param name="messages">What was claimed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task MarkSentAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);

    /// <summary>These could not be published: they are due again at once.</summary>
    /// <param name="messages">What was claimed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task ReleaseAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);
}

/// <summary>A message on its way to a device.</summary>
public interface IOutgoingMessage
{
    /// <summary>What it is to its outbox: the key of its row.</summary>
    string Key { get; }

    /// <summary>The device.</summary>
    string DeviceId { get; }
}

/// <summary>
/// Actions on their way to devices: each device's oldest, of devices that were heard since the connection to the broker stands. One
/// that is claimed again has the same id.
/// </summary>
public interface IOutbox : IOutbox<OutgoingAction>
{
    /// <summary>The devices of these are not subscribed: they are due again after a pause, before the device's later ones.</summary>
    /// <param name="messages">What was claimed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task DeferAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken);
}

/// <summary>An action as it goes to its device.</summary>
/// <param name="RowId"><see cref="DeviceAction.Id"/>.</param>
/// <param name="ActionId">The id that travels to the device and back.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Snap">The snap; null where it concerns none.</param>
/// <param name="Data">What is sent with it; null where nothing is.</param>
public sealed record OutgoingAction(
    long RowId,
    string ActionId,
    string DeviceId,
    ActionKind Kind,
    string? Snap,
    string? Data
) : IOutgoingMessage
{
    /// <inheritdoc />
    public string Key => SetAsideItem.KeyOf(RowId);
}
