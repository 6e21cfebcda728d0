using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins;

/// <summary>Decides what an answer means: it ends its action and, where it succeeded, its result becomes a part of the twin.</summary>
/// <param name="store">The store.</param>
/// <param name="identities">Applies who a device is.</param>
/// <param name="snapReports">Applies what snaps a device has.</param>
/// <param name="questions">Asks for snap lists.</param>
/// <param name="syncStates">Works out how far a device is from what is desired of it.</param>
/// <param name="settings">Time limits.</param>
/// <param name="clock">Our clock.</param>
public sealed class Answers(
    TwinStore store,
    Identities identities,
    SnapReports snapReports,
    Questions questions,
    SyncStates syncStates,
    Settings settings,
    TimeProvider clock
)
{
    /// <inheritdoc cref="IIntake.ApplyAsync" />
    public async Task<string?> ApplyAsync(Answer answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        try
        {
            await store.WriteAsync((context, token) => ApplyAsync(context, answer, token), cancellationToken);
            return null;
        }
        catch (RejectedAnswerException rejection)
        {
            return rejection.Message;
        }
    }

    private async Task ApplyAsync(TwinDbContext context, Answer answer, CancellationToken cancellationToken)
    {
        var device = await DeviceStatements.LockAsync(context, answer.DeviceId, cancellationToken);
        if (device is { DeletedAt: not null })
        {
            return;
        }

        var action =
            await ActionStatements.LockAsync(context, answer.ActionId, cancellationToken)
            ?? throw new RejectedAnswerException("no action has this id");
        if (action.DeviceId != answer.DeviceId)
        {
            throw new RejectedAnswerException("the action is another device's");
        }

        if (
            answer.Action.Length > 0
            && !answer.Action.Equals(action.Kind.ToProtocol(), StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new RejectedAnswerException($"the action is a {action.Kind.ToProtocol()}, the answer is not");
        }

        if (!IsOpenFor(action.Status, answer.Success))
        {
            return;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        action.Status = answer.Success ? ActionStatus.Completed : ActionStatus.Failed;
        action.Message = answer.Message.Length > 0 ? answer.Message : null;
        action.UpdatedAt = now;
        action.SentAt ??= now;
        action.DueAt = null;
        action.LeaseUntil = null;

        var kinds = answer.Success
            ? await ApplyResultAsync(context, device, action, answer, cancellationToken)
            : ChangeKinds.None;
        if (device is { DeletedAt: null } && MovesSync(action, kinds))
        {
            kinds |= await syncStates.RefreshAsync(context, device, kinds, cancellationToken);
        }

        context.Add(Changes.Of(action, TwinChange.ByDevice, now, kinds));
    }

    // A success that comes after the time limit still counts: the device did what was asked.
    private static bool IsOpenFor(ActionStatus status, bool success) =>
        status is ActionStatus.Queued or ActionStatus.Sent || (status is ActionStatus.TimedOut && success);

    private static bool MovesSync(DeviceAction action, ChangeKinds kinds) =>
        action.IsReconciliation || action.Kind == ActionKind.List || kinds.HasFlag(ChangeKinds.Snaps);

    private async Task<ChangeKinds> ApplyResultAsync(
        TwinDbContext context,
        Device? device,
        DeviceAction action,
        Answer answer,
        CancellationToken cancellationToken
    )
    {
        switch (action.Kind)
        {
            case ActionKind.Device:
                return await identities.ApplyAsync(
                    context,
                    device,
                    action,
                    Needed<DeviceResult>(answer),
                    cancellationToken
                );
            case ActionKind.Server:
                var system = Needed<OperatingSystemResult>(answer);
                return device is null
                    ? ChangeKinds.None
                    : await Identities.ApplyAsync(context, device, system, cancellationToken);
            case ActionKind.List:
                var list = Needed<SnapListResult>(answer);
                return device is null
                    ? ChangeKinds.None
                    : await snapReports.ReplaceAsync(context, device, list, cancellationToken);
            case ActionKind.Info:
                return await SnapReports.UpdateAsync(
                    context,
                    device,
                    action,
                    Needed<SnapResult>(answer).Snap,
                    cancellationToken
                );
            case ActionKind.Conf when answer.Result is SnapResult conf:
                return await SnapReports.UpdateAsync(context, device, action, conf.Snap, cancellationToken);
            case ActionKind.Unregister:
                Identities.Check(answer.Result as DeviceResult, action);
                return device is null
                    ? ChangeKinds.None
                    : await Lifecycle.DeleteAsync(context, device, action, cancellationToken);
            case var kind when kind.ChangesSnaps():
                await SnapReports.NoteBeforeAsync(context, device, action, cancellationToken);
                var listAt = action.UpdatedAt + settings.Action.ListDelay;
                await questions.AskAsync(
                    context,
                    action.OrganizationId,
                    action.DeviceId,
                    ActionKind.List,
                    listAt,
                    cancellationToken
                );
                return ChangeKinds.None;
            default:
                return ChangeKinds.None;
        }
    }

    private static TResult Needed<TResult>(Answer answer)
        where TResult : AnswerResult =>
        answer.Result as TResult
        ?? throw new RejectedAnswerException("it says success and has no result of the action's kind");
}

/// <summary>An answer that must not change anything; the message says why, in one line.</summary>
/// <param name="reason">Why.</param>
public sealed class RejectedAnswerException(string reason) : Exception(reason);
