using System.Linq.Expressions;
using DeviceTwin.Api.GraphQL.Engine.Filters;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>Conditions on a kind of action.</summary>
public sealed class ActionKindOperationFilterInput : EnumOperationFilterInput<ActionKind>;

/// <summary>Conditions on an action's status.</summary>
public sealed class ActionStatusOperationFilterInput : EnumOperationFilterInput<ActionStatus>;

/// <summary>Conditions on actions; all that are given must hold.</summary>
public sealed class ActionFilterInput : FilterInput
{
    /// <summary>All of these.</summary>
    public IReadOnlyList<ActionFilterInput>? And { get; init; }

    /// <summary>At least one of these.</summary>
    public IReadOnlyList<ActionFilterInput>? Or { get; init; }

    /// <summary>The device that it is for.</summary>
    public StringOperationFilterInput? DeviceId { get; init; }

    /// <summary>What it asks of the device.</summary>
    public ActionKindOperationFilterInput? Kind { get; init; }

    /// <summary>How far it has come.</summary>
    public ActionStatusOperationFilterInput? Status { get; init; }

    /// <summary>The snap that it concerns.</summary>
    public StringOperationFilterInput? Snap { get; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOperationFilterInput? CreatedAt { get; init; }

    /// <summary>The filter as a condition that the store understands.</summary>
    internal Expression<Func<DeviceAction, bool>> ToPredicate() =>
        Predicates.And(
            new[]
            {
                And is null ? null : Predicates.And(And.Select(part => part.ToPredicate())),
                Or is null ? null : Predicates.Or(Or.Select(part => part.ToPredicate())),
                DeviceId?.ToPredicate<DeviceAction>(action => action.DeviceId),
                Kind?.ToPredicate<DeviceAction>(action => action.Kind),
                Status?.ToPredicate<DeviceAction>(action => action.Status),
                Snap?.ToPredicate<DeviceAction>(action => action.Snap),
                CreatedAt?.ToPredicate<DeviceAction>(action => action.CreatedAt),
            }.OfType<Expression<Func<DeviceAction, bool>>>()
        );
}
