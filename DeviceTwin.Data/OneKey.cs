using System.Linq.Expressions;

namespace DeviceTwin.Data;

/// <summary>
/// Makes a query for many keys one for a single key: an equality instead of a search in a list. PostgreSQL plans a statement with a list
/// of one anew each time, which takes ten times as long as to run it, because it takes a list of unknown length for a long one; the plan of an
/// equality it keeps.
/// </summary>
internal static class OneKey
{
    /// <summary>The query for one key.</summary>
    /// <param name="query">A query whose last parameter is the list of keys, only asked whether it contains something.</param>
    /// <typeparam name="TKey">A key.</typeparam>
    /// <typeparam name="TQuery">The same function with a key instead of the list.</typeparam>
    public static Expression<TQuery> Of<TKey, TQuery>(LambdaExpression query)
    {
        var keys = query.Parameters[^1];
        var key = Expression.Parameter(typeof(TKey), keys.Name);
        var body = new Equality(keys, key).Visit(query.Body);
        return Expression.Lambda<TQuery>(body, [.. query.Parameters.SkipLast(1), key]);
    }

    private sealed class Equality(ParameterExpression keys, ParameterExpression key) : ExpressionVisitor
    {
        protected override Expression VisitMethodCall(MethodCallExpression node) =>
            node.Method.Name == nameof(Enumerable.Contains) && node.Arguments is [var list, var item] && list == keys
                ? Expression.Equal(Visit(item), key)
                : base.VisitMethodCall(node);
    }
}
