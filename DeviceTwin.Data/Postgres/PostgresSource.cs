using System.Text.RegularExpressions;
using Npgsql;

namespace DeviceTwin.Data.Postgres;

/// <summary>
/// Reads the connection string of a PostgreSQL store in Npgsql's form (<c>Host=…;Database=…</c>), libpq's
/// (<c>dbname=… host=…</c>) or as a URI (<c>postgres://…</c>), and adds what the store wants where the string says nothing.
/// </summary>
public static partial class PostgresSource
{
    private const int PoolSize = 50;
    private const int PreparedStatements = 200;

    /// <summary>Reads it.</summary>
    /// <param name="source">The connection string.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read; the message is one line and never holds a password.</exception>
    public static NpgsqlConnectionStringBuilder Read(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var builder =
            UriStart().IsMatch(source) ? LibpqKeywords.Translate(PostgresUri.Read(source))
            : LibpqWords.TryRead(source) is { } words ? LibpqKeywords.Translate(words)
            : ReadNpgsql(source);
        return string.IsNullOrEmpty(builder.Host) ? throw Fault("it names no host") : WithDefaults(builder);
    }

    internal static StoreUnavailableException Fault(string what) =>
        new($"The PostgreSQL source cannot be read: {what}.");

    private static NpgsqlConnectionStringBuilder ReadNpgsql(string source)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(source);
        }
        catch (ArgumentException exception)
        {
            // Npgsql's message names the keyword, at most; its inner exceptions may hold a value.
            throw Fault(exception.Message.ReplaceLineEndings(" ").TrimEnd('.'));
        }
    }

    private static NpgsqlConnectionStringBuilder WithDefaults(NpgsqlConnectionStringBuilder builder)
    {
        // Bounded below PostgreSQL's usual 100 connections, so that a second replica finds some.
        SetUnlessSaid("Maximum Pool Size", PoolSize);
        // Behind a pooler that shares sessions among transactions, "Max Auto Prepare=0" turns this off.
        SetUnlessSaid("Max Auto Prepare", PreparedStatements);
        // Nothing here leaves its session changed, and setting it back costs the server as much as a small query does.
        SetUnlessSaid("No Reset On Close", true);
        // Below graphql.timeout: a caller whose statement waits for another session's lock gets an error that names the store.
        SetUnlessSaid("Command Timeout", 25);
        SetUnlessSaid("Application Name", "devicetwin");
        return builder;

        void SetUnlessSaid(string keyword, object value)
        {
            if (!builder.ShouldSerialize(keyword))
            {
                builder[keyword] = value;
            }
        }
    }

    [GeneratedRegex(
        "^postgres(ql)?://",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex UriStart();
}
