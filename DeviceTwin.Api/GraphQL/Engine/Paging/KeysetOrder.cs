using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore.Query;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>A total order of rows, the cursors that stand for places in it, and the rows behind such a place.</summary>
/// <typeparam name="T">What is ordered.</typeparam>
public sealed class KeysetOrder<T>
{
    private readonly IReadOnlyList<SortKey<T>> keys;

    /// <summary>Makes an order.</summary>
    /// <param name="keys">What to order by, most significant first; the last one unique and never null.</param>
    public KeysetOrder(params IEnumerable<SortKey<T>> keys)
    {
        // What follows a column that was named before orders nothing any more.
        this.keys = [.. keys.DistinctBy(key => key.Name)];
        Fingerprint = string.Join(',', this.keys.Select(key => key.IsDescending ? $"-{key.Name}" : key.Name));
    }

    /// <summary>The same order from its other end.</summary>
    public KeysetOrder<T> Reversed => new(this.keys.Select(key => key.Reversed));

    /// <summary>Tells orders apart: a cursor of one means nothing in another.</summary>
    internal string Fingerprint { get; }

    /// <summary>The rows in this order.</summary>
    internal IQueryable<T> Apply(IQueryable<T> rows)
    {
        var ordered = this.keys[0].Order(rows, isFirst: true);
        foreach (var key in this.keys.Skip(1))
        {
            ordered = key.Order(ordered, isFirst: false);
        }
        return ordered;
    }

    /// <summary>The row's place in the order.</summary>
    internal IReadOnlyList<object?> PlaceOf(T row) => [.. this.keys.Select(key => key.Read(row))];

    /// <summary>The row with its place as a cursor.</summary>
    internal PageRow<T> RowOf(T row) => new(row, () => WriteCursor(PlaceOf(row)));

    /// <summary>The place as an opaque text.</summary>
    internal string WriteCursor(IReadOnlyList<object?> place)
    {
        var values = this.keys.Zip(place, (key, value) => key.Write(value));
        JsonElement[] parts = [JsonSerializer.SerializeToElement(Fingerprint), .. values];
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(parts));
    }

    /// <summary>The place that a cursor stands for.</summary>
    /// <exception cref="CallerError">No cursor of this order: <see cref="ErrorCodes.InvalidCursor"/>.</exception>
    internal IReadOnlyList<object?> ReadCursor(string cursor)
    {
        var parts = Decode(cursor);
        if (parts.Length == 0 || parts[0].ValueKind != JsonValueKind.String)
        {
            throw new CallerError(ErrorCodes.InvalidCursor, "The cursor is not one that this service gave.");
        }
        if (parts[0].GetString() != Fingerprint || parts.Length != this.keys.Count + 1)
        {
            throw new CallerError(
                ErrorCodes.InvalidCursor,
                "The cursor is of another list or another order: begin again without it."
            );
        }
        return
        [
            .. this.keys.Select(
                (key, index) =>
                    key.TryParse(parts[index + 1], out var value)
                        ? value
                        : throw new CallerError(
                            ErrorCodes.InvalidCursor,
                            "The cursor is not one that this service gave."
                        )
            ),
        ];
    }

    /// <summary>The condition that a row comes after the place, or on it where that is included.</summary>
    internal Expression<Func<T, bool>> After(IReadOnlyList<object?> place, bool includePlace = false)
    {
        // From the least significant key outwards: after the place by this key, or equal to it and after by the rest.
        var row = Expression.Parameter(typeof(T), "row");
        Expression? condition = includePlace ? Expression.Constant(true) : null;
        for (var index = this.keys.Count - 1; index >= 0; index--)
        {
            var (key, value) = (this.keys[index], place[index]);
            condition = Or(Rebind(key.After(value), key, row), And(Rebind(key.Equal(value), key, row), condition));
        }
        // The same again as one range over the first column, which an index can serve.
        condition = And(Rebind(this.keys[0].From(place[0]), this.keys[0], row), condition);
        return Expression.Lambda<Func<T, bool>>(condition ?? Expression.Constant(false), row);
    }

    private static Expression? And(Expression? left, Expression? right) =>
        left is null || right is null ? right : Expression.AndAlso(left, right);

    private static Expression? Or(Expression? left, Expression? right) =>
        left is null ? right
        : right is null ? left
        : Expression.OrElse(left, right);

    private static Expression? Rebind(Expression? condition, SortKey<T> key, ParameterExpression row) =>
        condition is null ? null : ReplacingExpressionVisitor.Replace(key.Row, row, condition);

    private static JsonElement[] Decode(string cursor)
    {
        var bytes = new byte[cursor.Length];
        if (!Convert.TryFromBase64String(cursor, bytes, out var length))
        {
            return [];
        }
        var json = Encoding.UTF8.GetString(bytes, 0, length);
        return
            CanonicalJson.TryRead(json, ValueRules.Strict, out var canonical, out _)
            && StoredJson.Read(canonical) is { ValueKind: JsonValueKind.Array } parts
            ? [.. parts.EnumerateArray()]
            : [];
    }
}
