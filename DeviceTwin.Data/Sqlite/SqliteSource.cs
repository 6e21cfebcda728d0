using Microsoft.Data.Sqlite;

namespace DeviceTwin.Data.Sqlite;

/// <summary>Where an SQLite store lives.</summary>
internal sealed class SqliteSource : IDisposable
{
    // How long the driver tries again while another process holds a lock; it bounds nothing else. As busy_timeout.
    private const int LockSeconds = 5;

    private readonly PassingFolder? folder;

    /// <summary>A store in a file.</summary>
    /// <param name="connectionString">From <see cref="Read"/>.</param>
    public SqliteSource(string connectionString) => ConnectionString = connectionString;

    /// <summary>
    /// A store in memory. It is a file all the same, on a memory file system: only a file has the write-ahead log, which lets
    /// readers go on while one writes. SQLite's own stores in memory make readers wait (memdb) or fail (shared cache).
    /// </summary>
    public SqliteSource()
    {
        folder = new PassingFolder();
        ConnectionString = Read($"Data Source={Path.Combine(folder.Path, "twin.db")}");
    }

    /// <summary>What each connection opens.</summary>
    public string ConnectionString { get; }

    /// <summary>Reads a connection string and adds what the store needs of every connection.</summary>
    /// <param name="source">A connection string of Microsoft.Data.Sqlite that names a file.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read or names no file.</exception>
    public static string Read(string source)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(source) { ForeignKeys = true, DefaultTimeout = LockSeconds };
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

    /// <summary>Closes idle connections, and removes a store in memory.</summary>
    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        folder?.Dispose();
    }
}
