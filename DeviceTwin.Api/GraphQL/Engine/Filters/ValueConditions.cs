using System.Linq.Expressions;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>
/// Conditions on one value. Each says outright what it makes of null, so that its negation is right, too, and so that
/// every database agrees.
/// </summary>
internal static class ValueConditions
{
    public static Expression<Func<TValue, bool>> Nothing<TValue>() => _ => false;

    public static Expression<Func<TValue, bool>> Not<TValue>(Expression<Func<TValue, bool>> condition) =>
        Expression.Lambda<Func<TValue, bool>>(Expression.Not(condition.Body), condition.Parameters);

    public static Expression<Func<TValue, bool>> Equal<TValue>(TValue value) =>
        value is null
            ? Compare<TValue>(Expression.Equal, Expression.Constant(null, typeof(TValue)))
            : Compare<TValue>(Expression.Equal, Captured(value));

    /// <summary>Null is one of the values only where null is among them.</summary>
    public static Expression<Func<TValue, bool>> In<TValue>(IReadOnlyList<TValue>? values)
    {
        var listed = (values ?? []).Where(value => value is not null).Distinct().ToList();
        Expression<Func<TValue, bool>> isListed = value => value != null && listed.Contains(value);
        var condition = listed.Count == 0 ? Nothing<TValue>() : isListed;
        return values is not null && values.Any(value => value is null)
            ? Predicates.Or([Equal<TValue>(default!), condition])
            : condition;
    }

    /// <summary>An order's comparison; null is neither before nor after anything.</summary>
    public static Expression<Func<TValue?, bool>> Ordered<TValue>(
        Func<Expression, Expression, BinaryExpression> comparison,
        TValue? value
    )
        where TValue : struct
    {
        if (value is null)
        {
            return Nothing<TValue?>();
        }
        Expression<Func<TValue?, bool>> isThere = candidate => candidate != null;
        return Predicates.And([isThere, Compare<TValue?>(comparison, Captured(value))]);
    }

    private static Expression<Func<TValue, bool>> Compare<TValue>(
        Func<Expression, Expression, BinaryExpression> comparison,
        Expression value
    )
    {
        var candidate = Expression.Parameter(typeof(TValue), "value");
        return Expression.Lambda<Func<TValue, bool>>(comparison(candidate, value), candidate);
    }

    // A captured variable becomes a parameter of the statement, which the database can then keep prepared.
    private static Expression Captured<TValue>(TValue value)
    {
        Expression<Func<TValue>> capture = () => value;
        return capture.Body;
    }
}
