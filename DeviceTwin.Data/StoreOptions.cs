namespace DeviceTwin.Data;

/// <summary>Which store, and where.</summary>
/// <param name="Driver">The kind of database.</param>
/// <param name="Source">
/// For <see cref="StoreDriver.Sqlite"/> a connection string (<c>Data Source=devicetwin.db</c>); for <see cref="StoreDriver.Postgres"/>
/// what <see cref="Postgres.PostgresSource"/> reads; ignored for <see cref="StoreDriver.Memory"/>. It may hold a password: never log it.
/// </param>
public sealed record StoreOptions(StoreDriver Driver, string Source);

/// <summary>The kind of database.</summary>
public enum StoreDriver
{
    /// <summary>An SQLite file.</summary>
    Sqlite,

    /// <summary>SQLite in memory, gone at exit.</summary>
    Memory,

    /// <summary>A PostgreSQL server.</summary>
    Postgres,
}
