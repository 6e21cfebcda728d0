using System.Linq.Expressions;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Scalars;
using DeviceTwin.Data;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>A column of one type to order by.</summary>
/// <typeparam name="T">What is ordered.</typeparam>
/// <typeparam name="TKey">The column's type.</typeparam>
internal sealed class SortKey<T, TKey>(
    string name,
    Expression<Func<T, TKey>> member,
    bool isNullable,
    bool isDescending,
    Func<T, TKey>? compiled = null
) : SortKey<T>(name, isDescending)
{
    private readonly Func<T, TKey> read = compiled ?? member.Compile();

    public override SortKey<T> Reversed => new SortKey<T, TKey>(Name, member, isNullable, !IsDescending, read);

    internal override Expression Member => member.Body;

    internal override ParameterExpression Row => member.Parameters[0];

    internal override object? Read(T row) => read(row);

    internal override JsonElement Write(object? value) =>
        JsonSerializer.SerializeToElement(
            value is DateTime instant ? DateTime.SpecifyKind(instant, DateTimeKind.Utc) : value
        );

    internal override bool TryParse(JsonElement json, out object? value)
    {
        value = null;
        if (json.ValueKind == JsonValueKind.Null)
        {
            return isNullable;
        }
        try
        {
            value = json.Deserialize<TKey>();
        }
        catch (JsonException)
        {
            return false;
        }
        if (value is DateTime { Kind: DateTimeKind.Utc } finer)
        {
            // An earlier release gave finer ones.
            value = StoredInstant.Of(finer);
        }
        return value switch
        {
            string text => StorableText.IsStorable(text),
            DateTime instant => instant.Kind == DateTimeKind.Utc,
            _ => true,
        };
    }

    internal override IOrderedQueryable<T> Order(IQueryable<T> rows, bool isFirst)
    {
        if (!isNullable)
        {
            return Order(rows, member, IsDescending, isFirst);
        }
        // Databases disagree on where nulls go, so that is ordered by first: true sorts above false.
        var isNull = Expression.Lambda<Func<T, bool>>(IsNull(), member.Parameters);
        return Order(Order(rows, isNull, !IsDescending, isFirst), member, IsDescending, isFirst: false);
    }

    internal override Expression Equal(object? value) =>
        value is null ? IsNull() : Expression.Equal(Member, Parameter(value));

    internal override Expression? After(object? value)
    {
        if (value is null)
        {
            return IsDescending ? null : Expression.Not(IsNull());
        }
        var after = IsDescending
            ? Compare(Expression.LessThan, Parameter(value))
            : Compare(Expression.GreaterThan, Parameter(value));
        return isNullable && IsDescending ? Expression.OrElse(after, IsNull()) : after;
    }

    internal override Expression? From(object? value) =>
        isNullable || value is null ? null
        : IsDescending ? Compare(Expression.LessThanOrEqual, Parameter(value))
        : Compare(Expression.GreaterThanOrEqual, Parameter(value));

    private BinaryExpression IsNull() => Expression.Equal(Member, Expression.Constant(null, typeof(TKey)));

    private BinaryExpression Compare(Func<Expression, Expression, BinaryExpression> comparison, Expression value) =>
        typeof(TKey) == typeof(string)
            ? comparison(
                Expression.Call(typeof(string), nameof(string.Compare), null, Member, value),
                Expression.Constant(0)
            )
            : comparison(Member, value);

    // A captured variable becomes a parameter of the statement; a constant would make each page a statement of its own.
    private static Expression Parameter(object value)
    {
        var captured = (TKey)value;
        Expression<Func<TKey>> capture = () => captured;
        return capture.Body;
    }

    private static IOrderedQueryable<T> Order<TBy>(
        IQueryable<T> rows,
        Expression<Func<T, TBy>> by,
        bool isDescending,
        bool isFirst
    ) =>
        (isFirst, isDescending) switch
        {
            (true, false) => rows.OrderBy(by),
            (true, true) => rows.OrderByDescending(by),
            (false, false) => ((IOrderedQueryable<T>)rows).ThenBy(by),
            (false, true) => ((IOrderedQueryable<T>)rows).ThenByDescending(by),
        };
}
