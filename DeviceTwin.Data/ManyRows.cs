using System.Data.Common;
using System.Text.Json;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace DeviceTwin.Data;

/// <summary>
/// Writes many rows by one statement, whose text is the same however many they are; the change tracker takes one for each row. They stay untracked,
/// and values that the store makes are not read back.
/// </summary>
public static class ManyRows
{
    /// <summary>Inserts rows, in their order.</summary>
    /// <typeparam name="TRow">An entity.</typeparam>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task InsertAsync<TRow>(
        TwinDbContext context,
        IReadOnlyCollection<TRow> rows,
        CancellationToken cancellationToken
    )
        where TRow : class => WriteAsync(context, rows, _ => "", cancellationToken);

    /// <summary>Inserts rows, or brings those up to date that are there already.</summary>
    /// <typeparam name="TRow">An entity.</typeparam>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="rows">The rows, at most one for each key.</param>
    /// <param name="key">The names of the columns by which a row is known: those of a unique index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task StoreAsync<TRow>(
        TwinDbContext context,
        IReadOnlyCollection<TRow> rows,
        string[] key,
        CancellationToken cancellationToken
    )
        where TRow : class
    {
        return WriteAsync(context, rows, Update, cancellationToken);

        string Update(IEnumerable<string> columns)
        {
            var set = columns.Except(key).Select(column => $"{column} = excluded.{column}");
            return $" on conflict ({string.Join(", ", key)}) do update set {string.Join(", ", set)}";
        }
    }

    /// <summary>Writes some columns of rows that are there.</summary>
    /// <typeparam name="TRow">An entity whose key is one column.</typeparam>
    /// <param name="context">The context, in a transaction that holds the rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="changed">The columns.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal static async Task UpdateAsync<TRow>(
        TwinDbContext context,
        IReadOnlyCollection<TRow> rows,
        IReadOnlyCollection<IProperty> changed,
        CancellationToken cancellationToken
    )
        where TRow : class
    {
        var entity = context.Model.FindEntityType(typeof(TRow))!;
        var key = entity.FindPrimaryKey()!.Properties.Single();
        var (source, parameters) = Source(context, [key, .. changed], rows);
        var (table, id) = (entity.GetTableName(), key.GetColumnName());
        var set = changed.Select(column => column.GetColumnName()).Select(name => $"{name} = r.{name}");
        var sql = $"update {table} set {string.Join(", ", set)} from ({source}) as r where {table}.{id} = r.{id}";
        await context.Database.ExecuteSqlRawAsync(sql, parameters, cancellationToken);
    }

    private static async Task WriteAsync<TRow>(
        TwinDbContext context,
        IReadOnlyCollection<TRow> rows,
        Func<IEnumerable<string>, string> onConflict,
        CancellationToken cancellationToken
    )
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            return;
        }

        var entity = context.Model.FindEntityType(typeof(TRow))!;
        var columns = entity.GetProperties().Where(column => column.ValueGenerated == ValueGenerated.Never).ToList();
        var names = columns.ConvertAll(column => column.GetColumnName());
        var (source, parameters) = Source(context, columns, rows);
        // "where true" tells SQLite that "on conflict" belongs to the insert and is not a join's condition.
        var sql =
            $"insert into {entity.GetTableName()} ({string.Join(", ", names)}) {source} where true{onConflict(names)}";
        await context.Database.ExecuteSqlRawAsync(sql, parameters, cancellationToken);
        context.HasNews |= typeof(TRow) == typeof(TwinChange) || typeof(TRow) == typeof(DeviceAction);
    }

    private static (string, DbParameter[]) Source(
        TwinDbContext context,
        List<IProperty> columns,
        IReadOnlyCollection<object> rows
    ) => context.IsPostgres ? Arrays(columns, rows) : Json(columns, rows);

    private static (string, DbParameter[]) Arrays(List<IProperty> columns, IReadOnlyCollection<object> rows)
    {
        DbParameter[] parameters = [.. columns.Select((column, place) => Array(column, $"p{place}", rows))];
        var arrays = string.Join(", ", parameters.Select(parameter => '@' + parameter.ParameterName));
        var names = string.Join(", ", columns.Select(column => column.GetColumnName()));
        return ($"select * from unnest({arrays}) as given({names})", parameters);
    }

    private static NpgsqlParameter Array(IProperty column, string name, IReadOnlyCollection<object> rows)
    {
        var mapping = column.GetRelationalTypeMapping();
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        var isNullable = column.IsNullable && type.IsValueType && Nullable.GetUnderlyingType(type) is null;
        var values = System.Array.CreateInstance(
            isNullable ? typeof(Nullable<>).MakeGenericType(type) : type,
            rows.Count
        );
        var place = 0;
        foreach (var row in rows)
        {
            values.SetValue(Stored(column, mapping, row), place++);
        }

        return new NpgsqlParameter(name, values) { DataTypeName = mapping.StoreType + "[]" };
    }

    // SQLite looks for each parameter among all of them: there one holds all rows.
    private static (string, DbParameter[]) Json(List<IProperty> columns, IReadOnlyCollection<object> rows)
    {
        var values = columns.Select((column, place) => $"value ->> {place} as {column.GetColumnName()}");
        var json = JsonSerializer.Serialize(rows.Select(row => columns.ConvertAll(column => AsJson(column, row))));
        return ($"select {string.Join(", ", values)} from json_each(@rows)", [new SqliteParameter("rows", json)]);
    }

    private static object? AsJson(IProperty column, object row)
    {
        var stored = Stored(column, column.GetRelationalTypeMapping(), row);
        return stored is DateTime instant ? SqliteInstant.Text(instant) : stored;
    }

    private static object? Stored(IProperty column, RelationalTypeMapping mapping, object row)
    {
        var value = column.GetGetter().GetClrValue(row);
        return mapping.Converter is { } converter ? converter.ConvertToProvider(value) : value;
    }
}
