using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DeviceTwin.Data.Sqlite;

/// <summary>Makes every SQLite connection behave as the store needs it.</summary>
internal sealed class SqliteSession : DbConnectionInterceptor
{
    // Waits for another process's lock instead of failing, but less long than a caller waits for an answer. LIKE compares as on PostgreSQL. Readers go on while one writes.
    // A power cut may take the last commits but never harms the file.
    private const string Pragmas = """
        pragma busy_timeout = 5000;
        pragma case_sensitive_like = on;
        pragma journal_mode = wal;
        pragma synchronous = normal;
        """;

    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        ((SqliteConnection)result).CreateFunction<string?, string?, string?, bool>(
            TwinFunctions.JsonPathEqualsName,
            SqliteJson.PathEquals,
            isDeterministic: true
        );
        return result;
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        // SQLite has no asynchronous calls, only methods named so.
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}

/// <summary>How contexts use SQLite.</summary>
internal static class SqliteUse
{
    private static readonly SqliteSession Session = new();

    /// <summary>Uses SQLite with the session settings, snake_case names and our own functions.</summary>
    public static DbContextOptionsBuilder UseTwinSqlite(
        this DbContextOptionsBuilder builder,
        string connectionString
    ) =>
        // A list is one parameter, read by json_each, however long it is. SQLite's time for a statement grows with the square of
        // its parameters, and it takes no more than 32,766.
        builder
            .UseSqlite(
                connectionString,
                sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter)
            )
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(Session);
}
