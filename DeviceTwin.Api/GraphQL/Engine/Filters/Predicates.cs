using System.Linq.Expressions;
using LinqKit;
using Microsoft.EntityFrameworkCore.Query;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>Puts conditions together so that EF Core can translate them.</summary>
public static class Predicates
{
    /// <summary>The condition that every row meets.</summary>
    public static Expression<Func<T, bool>> All<T>() => _ => true;

    /// <summary>All of the conditions; without any, every row meets it.</summary>
    /// <param name="conditions">The conditions.</param>
    public static Expression<Func<T, bool>> And<T>(IEnumerable<Expression<Func<T, bool>>> conditions) =>
        conditions.Aggregate(default(Expression<Func<T, bool>>), (all, next) => all is null ? next : all.And(next))
        ?? All<T>();

    /// <summary>At least one of the conditions; without any, no row meets it.</summary>
    /// <param name="conditions">The conditions.</param>
    public static Expression<Func<T, bool>> Or<T>(IEnumerable<Expression<Func<T, bool>>> conditions) =>
        conditions.Aggregate(default(Expression<Func<T, bool>>), (any, next) => any is null ? next : any.Or(next))
        ?? (_ => false);

    /// <summary>A condition on a member as a condition on what has the member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="condition">The condition on it.</param>
    public static Expression<Func<T, bool>> On<T, TValue>(
        Expression<Func<T, TValue>> member,
        Expression<Func<TValue, bool>> condition
    ) =>
        Expression.Lambda<Func<T, bool>>(
            ReplacingExpressionVisitor.Replace(condition.Parameters[0], member.Body, condition.Body),
            member.Parameters
        );
}
