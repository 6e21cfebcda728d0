using System.Linq.Expressions;
using DeviceTwin.Api.GraphQL.Engine.Filters;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.GraphQL.SetAside;

/// <summary>Conditions on set-aside items; all that are given must hold.</summary>
public sealed class SetAsideItemFilterInput : FilterInput
{
    /// <summary>All of these.</summary>
    public IReadOnlyList<SetAsideItemFilterInput>? And { get; init; }

    /// <summary>At least one of these.</summary>
    public IReadOnlyList<SetAsideItemFilterInput>? Or { get; init; }

    /// <summary>The worker that could not handle it.</summary>
    public StringOperationFilterInput? Worker { get; init; }

    /// <summary>The device that it concerns.</summary>
    public StringOperationFilterInput? DeviceId { get; init; }

    /// <summary>Why the last try failed.</summary>
    public StringOperationFilterInput? Reason { get; init; }

    /// <summary>When it was set aside, or last tried.</summary>
    public DateTimeOperationFilterInput? SetAsideAt { get; init; }

    /// <summary>The filter as a condition that the store understands.</summary>
    internal Expression<Func<SetAsideItem, bool>> ToPredicate() =>
        Predicates.And(
            new[]
            {
                And is null ? null : Predicates.And(And.Select(part => part.ToPredicate())),
                Or is null ? null : Predicates.Or(Or.Select(part => part.ToPredicate())),
                Worker?.ToPredicate<SetAsideItem>(item => item.Worker),
                DeviceId?.ToPredicate<SetAsideItem>(item => item.DeviceId),
                Reason?.ToPredicate<SetAsideItem>(item => item.Reason),
                SetAsideAt?.ToPredicate<SetAsideItem>(item => item.SetAsideAt),
            }.OfType<Expression<Func<SetAsideItem, bool>>>()
        );
}
