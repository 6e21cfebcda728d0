using System.Linq.Expressions;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>Conditions on an enum's value. Each enum has its own closed class, which is one line.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public abstract class EnumOperationFilterInput<TEnum> : FilterInput
    where TEnum : struct, Enum
{
    /// <summary>Equals; null finds null.</summary>
    public TEnum? Eq { get; init; }

    /// <summary>Does not equal.</summary>
    public TEnum? Neq { get; init; }

    /// <summary>Is one of these; of none when the list is empty.</summary>
    public IReadOnlyList<TEnum>? In { get; init; }

    /// <summary>Is none of these.</summary>
    public IReadOnlyList<TEnum>? Nin { get; init; }

    /// <summary>The conditions as one on what has the value; all that are given must hold.</summary>
    /// <param name="member">The value; one that is never null is converted by the compiler.</param>
    public Expression<Func<T, bool>> ToPredicate<T>(Expression<Func<T, TEnum?>> member)
    {
        var conditions = new List<Expression<Func<TEnum?, bool>>>();
        if (Has(nameof(Eq)))
        {
            conditions.Add(ValueConditions.Equal(Eq));
        }
        if (Has(nameof(Neq)))
        {
            conditions.Add(ValueConditions.Not(ValueConditions.Equal(Neq)));
        }
        if (Has(nameof(In)))
        {
            conditions.Add(ValueConditions.In(AsNullable(In)));
        }
        if (Has(nameof(Nin)))
        {
            conditions.Add(ValueConditions.Not(ValueConditions.In(AsNullable(Nin))));
        }
        return Predicates.On(member, Predicates.And(conditions));
    }

    private static List<TEnum?>? AsNullable(IReadOnlyList<TEnum>? values) =>
        values?.Select(value => (TEnum?)value).ToList();
}
