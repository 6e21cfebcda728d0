using System.Linq.Expressions;
using System.Text.Json;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>One column to order by. Null sorts below every value, on every database.</summary>
/// <typeparam name="T">What is ordered.</typeparam>
public abstract class SortKey<T>
{
    private protected SortKey(string name, bool isDescending)
    {
        Name = name;
        IsDescending = isDescending;
    }

    /// <summary>Names the column in cursors; unique in an order, never changed.</summary>
    public string Name { get; }

    /// <summary>Whether the greatest comes first.</summary>
    public bool IsDescending { get; }

    /// <summary>The same column, ordered the other way.</summary>
    public abstract SortKey<T> Reversed { get; }

    /// <summary>The same column in the direction that a caller asked for.</summary>
    /// <param name="direction">Which way.</param>
    public SortKey<T> In(SortDirection direction) =>
        (direction == SortDirection.Desc) == IsDescending ? this : Reversed;

    internal abstract Expression Member { get; }

    internal abstract ParameterExpression Row { get; }

    internal abstract object? Read(T row);

    internal abstract JsonElement Write(object? value);

    internal abstract bool TryParse(JsonElement json, out object? value);

    internal abstract IOrderedQueryable<T> Order(IQueryable<T> rows, bool isFirst);

    /// <summary>The rows whose key equals the value.</summary>
    internal abstract Expression Equal(object? value);

    /// <summary>The rows whose key comes after the value; null when there can be none.</summary>
    internal abstract Expression? After(object? value);

    /// <summary>The rows whose key equals the value or comes after it; null where nulls make that no single range.</summary>
    internal abstract Expression? From(object? value);
}

/// <summary>Makes sort keys. Keep them in static fields: each compiles its expression.</summary>
public static class SortKey
{
    /// <summary>A column that is never null, smallest first.</summary>
    /// <param name="name">See <see cref="SortKey{T}.Name"/>.</param>
    /// <param name="member">The column: text, a number, an instant.</param>
    public static SortKey<T> Of<T, TKey>(string name, Expression<Func<T, TKey>> member)
        where TKey : notnull => new SortKey<T, TKey>(name, member, isNullable: false, isDescending: false);

    /// <summary>A column that may be null, nulls and then the smallest first.</summary>
    /// <param name="name">See <see cref="SortKey{T}.Name"/>.</param>
    /// <param name="member">The column: text, a nullable number, a nullable instant.</param>
    public static SortKey<T> OfNullable<T, TKey>(string name, Expression<Func<T, TKey>> member) =>
        new SortKey<T, TKey>(name, member, isNullable: true, isDescending: false);
}
