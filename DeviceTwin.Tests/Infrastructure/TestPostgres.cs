namespace DeviceTwin.Tests.Infrastructure;

/// <summary>One PostgreSQL server for the test run, started at its first use; it may forget at a crash, which makes it fast.</summary>
public static class TestPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(() =>
        PostgresServer.StartAsync(
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=500",
            "max_wal_size=4GB"
        )
    );

    /// <summary>The server.</summary>
    public static Task<PostgresServer> GetAsync() => Started.Value;
}
