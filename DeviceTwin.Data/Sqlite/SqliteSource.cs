using Microsoft.Data.Sqlite;

namespace DeviceTwin.Data.Sqlite;

/// <summary>Where an SQLite store lives. A store in memory lives as long as this object holds it open.</summary>
internal sealed class SqliteSource : IDisposable
{
    private readonly SqliteConnection? anchor;

    /// <summary>Holds a store in memory open; one in a file needs no holding.</summary>
    /// <param name="connectionString">From <see cref="ReadFile"/> or <see cref="NameMemory"/>.</param>
    /// <param name="inMemory">Whether it is in memory.</param>
    public SqliteSource(string connectionString, bool inMemory)
    {
        ConnectionString = connectionString;
        if (inMemory)
        {
            anchor = new SqliteConnection(connectionString);
            anchor.Open();
        }
    }

    /// <summary>What each connection opens.</summary>
    public string ConnectionString { get; }

    /// <summary>The connection string of a store in a file, with what the store needs of every connection.</summary>
    /// <param name="source">A connection string of Microsoft.Data.Sqlite.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read or names no file.</exception>
    public static string ReadFile(string source)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(source) { ForeignKeys = true };
        }
        catch (ArgumentException exception)
        {
            throw new StoreUnavailableException(
                $"The SQLite source cannot be read, it should look like 'Data Source=devicetwin.db': {exception.Message}",
                exception
            );
        }

        return builder is { DataSource: "" or ":memory:" } or { Mode: SqliteOpenMode.Memory }
            ? throw new StoreUnavailableException(
                "The SQLite source names no file, it should look like 'Data Source=devicetwin.db'; a store in memory is the driver 'memory'."
            )
            : builder.ConnectionString;
    }

    /// <summary>
    /// The connection string of a new store in memory. The memdb file system shares it among connections with locks on the
    /// whole, for which a connection waits as it does for a file's; a shared cache would fail readers with SQLITE_LOCKED.
    /// </summary>
    public static string NameMemory() =>
        new SqliteConnectionStringBuilder
        {
            DataSource = $"file:/devicetwin-{Guid.NewGuid():N}?vfs=memdb",
            ForeignKeys = true,
        }.ConnectionString;

    /// <summary>Closes idle connections and lets a store in memory go.</summary>
    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        anchor?.Dispose();
    }
}
