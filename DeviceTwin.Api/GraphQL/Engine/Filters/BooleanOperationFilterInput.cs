using System.Linq.Expressions;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>Conditions on a truth value.</summary>
public sealed class BooleanOperationFilterInput : FilterInput
{
    /// <summary>Equals; null finds null.</summary>
    public bool? Eq { get; init; }

    /// <summary>Does not equal.</summary>
    public bool? Neq { get; init; }

    /// <summary>The conditions as one on what has the value; all that are given must hold.</summary>
    /// <param name="member">The value; one that is never null is converted by the compiler.</param>
    public Expression<Func<T, bool>> ToPredicate<T>(Expression<Func<T, bool?>> member)
    {
        var conditions = new List<Expression<Func<bool?, bool>>>();
        if (Has(nameof(Eq)))
        {
            conditions.Add(ValueConditions.Equal(Eq));
        }
        if (Has(nameof(Neq)))
        {
            conditions.Add(ValueConditions.Not(ValueConditions.Equal(Neq)));
        }
        return Predicates.On(member, Predicates.And(conditions));
    }
}
