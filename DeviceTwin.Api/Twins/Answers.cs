using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Decides what an answer means: it ends its action and, where it succeeded, its result becomes a part of the twin.</summary>
/// <param name="store">The store.</param>
/// <param name="newTwins">Creates the twins of devices that told who they are.</param>
/// <param name="identities">Brings twins up to date with who their devices are.</param>
/// <param name="snapReports">Applies what snaps a device has.</param>
/// <param name="questions">Asks for snap lists.</param>
/// <param name="syncStates">Works out how far a device is from what is desired of it.</param>
/// <param name="settings">Time limits.</param>
/// <param name="faults">Makes answers fail in tests.</param>
/// <param name="clock">Our clock.</param>
public sealed class Answers(
    TwinStore store,
    NewTwins newTwins,
    Identities identities,
    SnapReports snapReports,
    Questions questions,
    SyncStates syncStates,
    Settings settings,
    FaultPoints faults,
    TimeProvider clock
)
{
    /// <summary>Applies answers in one transaction. Gives an outcome for each, in their order.</summary>
    /// <param name="answers">The answers, at most one of each device.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public Task<IReadOnlyList<AnswerOutcome>> ApplyAsync(
        IReadOnlyList<Answer> answers,
        CancellationToken cancellationToken
    ) => store.WriteAsync((context, token) => ApplyAsync(context, answers, token), cancellationToken);

    private async Task<IReadOnlyList<AnswerOutcome>> ApplyAsync(
        TwinDbContext context,
        IReadOnlyList<Answer> answers,
        CancellationToken cancellationToken
    )
    {
        string[] deviceIds = [.. answers.Select(answer => answer.DeviceId)];
        var free = await DeviceStatements.LockFreeAsync(context, deviceIds, cancellationToken);
        var devices = free.ToDictionary(device => device.DeviceId, StringComparer.Ordinal);
        var known = await context
            .Devices.Where(device => deviceIds.Contains(device.DeviceId))
            .Select(device => device.DeviceId)
            .ToHashSetAsync(cancellationToken);
        string[] actionIds = [.. answers.Select(answer => answer.ActionId)];
        var actions = await ActionStatements.LockAsync(context, actionIds, cancellationToken);

        var outcomes = new AnswerOutcome[answers.Count];
        var taken = new List<TakenAnswer>();
        var now = clock.GetUtcNow().UtcDateTime;
        for (var place = 0; place < answers.Count; place++)
        {
            var answer = answers[place];
            faults.Reach(WorkerNames.ActionResponses, answer.DeviceId);
            var device = devices.GetValueOrDefault(answer.DeviceId);
            var action = actions.GetValueOrDefault(answer.ActionId);
            if (device is null && known.Contains(answer.DeviceId))
            {
                outcomes[place] = new AnswerOutcome(null, IsHeld: true);
            }
            else if (device is { DeletedAt: not null })
            {
                // What a device says whose twin is out of sight is ignored.
            }
            else if (AnswerRules.Reject(answer, action) is { } reason)
            {
                outcomes[place] = new AnswerOutcome(reason);
            }
            else if (AnswerRules.Ends(action!.Status, answer.Success))
            {
                outcomes[place] = new AnswerOutcome(AnswerRules.RejectResult(answer, action));
                if (outcomes[place].Rejection is null)
                {
                    action.SentAt ??= now;
                    action.End(
                        answer.Success ? ActionStatus.Completed : ActionStatus.Failed,
                        answer.Message.Length > 0 ? answer.Message : null,
                        now
                    );
                    taken.Add(new TakenAnswer(answer, action, device));
                }
            }
        }

        await ApplyResultsAsync(context, [.. taken.Where(one => one.Answer.Success)], cancellationToken);
        await RefreshAsync(context, taken, cancellationToken);
        foreach (var one in taken)
        {
            var change = Changes.Of(one.Action, TwinChange.ByDevice, now, one.Kinds);
            change.GroupsLeft = one.GroupsLeft;
            context.Add(change);
        }

        return outcomes;
    }

    private async Task ApplyResultsAsync(
        TwinDbContext context,
        TakenAnswer[] taken,
        CancellationToken cancellationToken
    )
    {
        await snapReports.ReplaceAsync(
            context,
            [.. taken.Where(one => one is { Action.Kind: ActionKind.List, Device: not null })],
            cancellationToken
        );
        await newTwins.CreateAsync(
            context,
            [.. taken.Where(one => one is { Action.Kind: ActionKind.Device, Device: null })],
            cancellationToken
        );
        foreach (var one in taken.Where(one => one.Action.Kind != ActionKind.List))
        {
            one.Kinds |= await ApplyAsync(context, one, cancellationToken);
        }
    }

    private async Task<ChangeKinds> ApplyAsync(
        TwinDbContext context,
        TakenAnswer taken,
        CancellationToken cancellationToken
    )
    {
        var (answer, action, device) = (taken.Answer, taken.Action, taken.Device);
        switch (answer.Result)
        {
            case DeviceResult identity when action.Kind == ActionKind.Device && device is not null:
                return await identities.UpdateAsync(context, device, identity, cancellationToken);
            case OperatingSystemResult system when device is not null:
                return await Identities.ApplyAsync(context, device, system, cancellationToken);
            case SnapResult result when device is not null:
                return await SnapReports.UpdateAsync(context, device, action, result.Snap, cancellationToken);
        }

        if (action.Kind == ActionKind.Unregister && device is not null)
        {
            taken.GroupsLeft = await Lifecycle.DeleteAsync(context, device, action, cancellationToken);
            return ChangeKinds.Deleted;
        }

        if (action.Kind.ChangesSnaps())
        {
            await SnapReports.NoteBeforeAsync(context, device, action, cancellationToken);
            var listAt = action.UpdatedAt + settings.Action.ListDelay;
            var (organizationId, deviceId) = (action.OrganizationId, action.DeviceId);
            await questions.AskAsync(context, organizationId, deviceId, ActionKind.List, listAt, cancellationToken);
        }

        return ChangeKinds.None;
    }

    private async Task RefreshAsync(TwinDbContext context, List<TakenAnswer> taken, CancellationToken cancellationToken)
    {
        var moved = taken.Where(one => one is { Device.DeletedAt: null } && MovesSync(one)).ToList();
        if (moved.Count == 0)
        {
            return;
        }

        // All at once and in the order of twins, whoever needs them first.
        await context.SaveChangesAsync(cancellationToken);
        await SyncStatements.LockAsync(context, [.. moved.Select(one => one.Device!.Id)], cancellationToken);
        foreach (var alike in moved.GroupBy(one => one.Kinds & ChangeKinds.Snaps))
        {
            Device[] devices = [.. alike.Select(one => one.Device!)];
            var refreshed = await syncStates.RefreshAsync(context, devices, alike.Key, cancellationToken);
            foreach (var one in alike.Where(one => refreshed[one.Device!.Id].HasMoved))
            {
                one.Kinds |= ChangeKinds.Desired;
            }
        }
    }

    private static bool MovesSync(TakenAnswer taken) =>
        taken.Action.IsReconciliation || taken.Action.Kind == ActionKind.List || taken.Kinds.HasFlag(ChangeKinds.Snaps);
}

/// <summary>An answer that ends its action.</summary>
/// <param name="answer">The answer.</param>
/// <param name="action">The action, ended by it.</param>
/// <param name="device">The twin; null where there is none yet.</param>
public sealed class TakenAnswer(Answer answer, DeviceAction action, Device? device)
{
    /// <summary>The answer.</summary>
    public Answer Answer => answer;

    /// <summary>The action, ended by it.</summary>
    public DeviceAction Action => action;

    /// <summary>The twin; null where there was none.</summary>
    public Device? Device => device;

    /// <summary>What changed besides the action.</summary>
    public ChangeKinds Kinds { get; set; }

    /// <summary>The names of the groups that the device went out of; null for none.</summary>
    public IReadOnlyList<string>? GroupsLeft { get; set; }
}
