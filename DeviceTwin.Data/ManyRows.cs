using System.Text;
using System.Text.Json;
using DeviceTwin.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace DeviceTwin.Data;

/// <summary>Inserts many rows by few statements; the change tracker takes one for each row.</summary>
public static class ManyRows
{
    /// <summary>How many rows one statement inserts: some thousand parameters.</summary>
    private const int ChunkSize = 500;

    /// <summary>Inserts rows. They stay untracked, and values that the store makes are not read back.</summary>
    /// <typeparam name="TRow">An entity.</typeparam>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task InsertAsync<TRow>(
        TwinDbContext context,
        IReadOnlyCollection<TRow> rows,
        CancellationToken cancellationToken
    )
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(rows);
        var entity = context.Model.FindEntityType(typeof(TRow))!;
        var columns = entity.GetProperties().Where(column => column.ValueGenerated == ValueGenerated.Never).ToList();
        var insert =
            $"insert into {entity.GetTableName()} ({string.Join(", ", columns.Select(column => column.GetColumnName()))}) ";
        foreach (var chunk in rows.Chunk(ChunkSize))
        {
            // SQLite looks for each parameter among all of them: there one holds all rows.
            await (
                context.IsPostgres
                    ? InsertValuesAsync(context, insert, columns, chunk, cancellationToken)
                    : InsertJsonAsync(context, insert, columns, chunk, cancellationToken)
            );
        }
    }

    private static async Task InsertValuesAsync(
        TwinDbContext context,
        string insert,
        List<IProperty> columns,
        object[] rows,
        CancellationToken cancellationToken
    )
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        var parameters = new List<object>(rows.Length * columns.Count);
        var sql = new StringBuilder(insert).Append("values ");
        foreach (var row in rows)
        {
            sql.Append(parameters.Count == 0 ? "(" : ", (");
            sql.AppendJoin(", ", columns.Select(column => Add(column, row))).Append(')');
        }

        await context.Database.ExecuteSqlRawAsync(sql.ToString(), parameters, cancellationToken);

        string Add(IProperty column, object row)
        {
            var name = $"@p{parameters.Count}";
            var value = column.GetGetter().GetClrValue(row);
            parameters.Add(column.GetRelationalTypeMapping().CreateParameter(command, name, value, column.IsNullable));
            return name;
        }
    }

    private static async Task InsertJsonAsync(
        TwinDbContext context,
        string insert,
        List<IProperty> columns,
        object[] rows,
        CancellationToken cancellationToken
    )
    {
        var values = string.Join(", ", columns.Select((_, place) => $"value ->> {place}"));
        var json = JsonSerializer.Serialize(rows.Select(row => columns.ConvertAll(column => AsJson(column, row))));
        var sql = $"{insert} select {values} from json_each({{0}})";
        await context.Database.ExecuteSqlRawAsync(sql, [json], cancellationToken);
    }

    private static object? AsJson(IProperty column, object row)
    {
        var value = column.GetGetter().GetClrValue(row);
        var stored = column.GetRelationalTypeMapping().Converter is { } converter
            ? converter.ConvertToProvider(value)
            : value;
        return stored is DateTime instant ? SqliteInstant.Text(instant) : stored;
    }
}
