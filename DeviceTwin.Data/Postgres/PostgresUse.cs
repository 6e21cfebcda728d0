using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace DeviceTwin.Data.Postgres;

/// <summary>How contexts use PostgreSQL.</summary>
internal static class PostgresUse
{
    /// <summary>Uses PostgreSQL with snake_case names.</summary>
    public static DbContextOptionsBuilder UseTwinPostgres(
        this DbContextOptionsBuilder builder,
        NpgsqlDataSource source
    ) => builder.UseNpgsql(source).UseSnakeCaseNamingConvention();

    /// <summary><see cref="TwinFunctions.JsonPathEquals"/> as <c>jsonb_extract_path(json, variadic path) = value</c>, which is <c>json #> path = value</c>.</summary>
    public static SqlExpression JsonPathEquals(IReadOnlyList<SqlExpression> arguments)
    {
        var (json, path, value) = (arguments[0], arguments[1], arguments[2]);
        // VARIADIC is a keyword before an argument; written as a call it reads the same to PostgreSQL: VARIADIC (path).
        var keys = new SqlFunctionExpression("VARIADIC", [path], false, [false], path.Type, path.TypeMapping);
        var found = new SqlFunctionExpression(
            "jsonb_extract_path",
            [json, keys],
            true,
            [true, true],
            typeof(string),
            json.TypeMapping
        );
        var wanted = new SqlUnaryExpression(ExpressionType.Convert, value, typeof(string), json.TypeMapping);
        var equal = new SqlBinaryExpression(ExpressionType.Equal, found, wanted, typeof(bool), BoolTypeMapping.Default);
        // Where there is nothing at the path the answer is no, not unknown: its negation must find the row.
        return new SqlFunctionExpression(
            "coalesce",
            [equal, new SqlFragmentExpression("false")],
            false,
            [false, false],
            typeof(bool),
            BoolTypeMapping.Default
        );
    }
}
