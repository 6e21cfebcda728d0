using System.Linq.Expressions;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>Conditions on a value that has an order: what numbers and instants have in common.</summary>
/// <typeparam name="TValue">The value.</typeparam>
public abstract class OrderedOperationFilterInput<TValue> : FilterInput
    where TValue : struct
{
    /// <summary>Equals; null finds null.</summary>
    public TValue? Eq { get; init; }

    /// <summary>Does not equal.</summary>
    public TValue? Neq { get; init; }

    /// <summary>Is one of these; of none when the list is empty.</summary>
    public IReadOnlyList<TValue?>? In { get; init; }

    /// <summary>Is none of these.</summary>
    public IReadOnlyList<TValue?>? Nin { get; init; }

    /// <summary>Is greater.</summary>
    public TValue? Gt { get; init; }

    /// <summary>Is not greater, or null.</summary>
    public TValue? Ngt { get; init; }

    /// <summary>Is greater or equal.</summary>
    public TValue? Gte { get; init; }

    /// <summary>Is neither greater nor equal, or null.</summary>
    public TValue? Ngte { get; init; }

    /// <summary>Is less.</summary>
    public TValue? Lt { get; init; }

    /// <summary>Is not less, or null.</summary>
    public TValue? Nlt { get; init; }

    /// <summary>Is less or equal.</summary>
    public TValue? Lte { get; init; }

    /// <summary>Is neither less nor equal, or null.</summary>
    public TValue? Nlte { get; init; }

    /// <summary>The conditions as one on what has the value; all that are given must hold.</summary>
    /// <param name="member">The value; one that is never null is converted by the compiler.</param>
    public Expression<Func<T, bool>> ToPredicate<T>(Expression<Func<T, TValue?>> member) =>
        Predicates.On(member, Predicates.And(Conditions()));

    private IEnumerable<Expression<Func<TValue?, bool>>> Conditions()
    {
        (string Field, Func<Expression<Func<TValue?, bool>>> Condition)[] operations =
        [
            (nameof(Eq), () => ValueConditions.Equal(Eq)),
            (nameof(Neq), () => ValueConditions.Not(ValueConditions.Equal(Neq))),
            (nameof(In), () => ValueConditions.In(In)),
            (nameof(Nin), () => ValueConditions.Not(ValueConditions.In(Nin))),
            (nameof(Gt), () => ValueConditions.Ordered(Expression.GreaterThan, Gt)),
            (nameof(Ngt), () => ValueConditions.Not(ValueConditions.Ordered(Expression.GreaterThan, Ngt))),
            (nameof(Gte), () => ValueConditions.Ordered(Expression.GreaterThanOrEqual, Gte)),
            (nameof(Ngte), () => ValueConditions.Not(ValueConditions.Ordered(Expression.GreaterThanOrEqual, Ngte))),
            (nameof(Lt), () => ValueConditions.Ordered(Expression.LessThan, Lt)),
            (nameof(Nlt), () => ValueConditions.Not(ValueConditions.Ordered(Expression.LessThan, Nlt))),
            (nameof(Lte), () => ValueConditions.Ordered(Expression.LessThanOrEqual, Lte)),
            (nameof(Nlte), () => ValueConditions.Not(ValueConditions.Ordered(Expression.LessThanOrEqual, Nlte))),
        ];
        return operations.Where(operation => Has(operation.Field)).Select(operation => operation.Condition());
    }
}

/// <summary>Conditions on a number. An operation that starts with n negates the one without it and so holds for null, too.</summary>
public sealed class IntOperationFilterInput : OrderedOperationFilterInput<int>;

/// <summary>Conditions on an instant. An operation that starts with n negates the one without it and so holds for null, too.</summary>
public sealed class DateTimeOperationFilterInput : OrderedOperationFilterInput<DateTime>;
