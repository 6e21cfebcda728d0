using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace DeviceTwin.Data;

/// <summary>Inserts many rows by few statements; the change tracker takes one for each row.</summary>
public static class ManyRows
{
    /// <summary>How many rows one statement inserts: some thousand parameters, which every store takes.</summary>
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
        foreach (var chunk in rows.Chunk(ChunkSize))
        {
            await InsertAsync(context, entity.GetTableName()!, columns, chunk, cancellationToken);
        }
    }

    private static async Task InsertAsync<TRow>(
        TwinDbContext context,
        string table,
        List<IProperty> columns,
        TRow[] rows,
        CancellationToken cancellationToken
    )
        where TRow : class
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        var parameters = new List<object>(rows.Length * columns.Count);
        var sql = new StringBuilder("insert into ").Append(table).Append(" (");
        sql.AppendJoin(", ", columns.Select(column => column.GetColumnName())).Append(") values ");
        foreach (var row in rows)
        {
            sql.Append(parameters.Count == 0 ? "(" : ", (");
            sql.AppendJoin(", ", columns.Select(column => Add(column, row))).Append(')');
        }

        await context.Database.ExecuteSqlRawAsync(sql.ToString(), parameters, cancellationToken);

        string Add(IProperty column, TRow row)
        {
            var name = $"@p{parameters.Count}";
            var value = column.GetGetter().GetClrValue(row);
            parameters.Add(column.GetRelationalTypeMapping().CreateParameter(command, name, value, column.IsNullable));
            return name;
        }
    }
}
