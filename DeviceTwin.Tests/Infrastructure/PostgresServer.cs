using System.Globalization;
using Npgsql;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>
/// One private PostgreSQL server for the test run, started at its first use in a folder of its own, reached by a Unix socket
/// in that folder, gone with the test process.
/// </summary>
public sealed class PostgresServer
{
    private const string User = "postgres";
    private static readonly Lazy<Task<PostgresServer>> Started = new(StartAsync);
    private static int databases;

    private readonly GuardedProcess process;
    private readonly string folder;

    private PostgresServer(GuardedProcess process, string folder)
    {
        this.process = process;
        this.folder = folder;
    }

    /// <summary>The server of this test run.</summary>
    public static Task<PostgresServer> GetAsync() => Started.Value;

    /// <summary>Creates a database with a name of its own.</summary>
    /// <param name="template">The database to copy; null for an empty one.</param>
    /// <returns>Its connection string in Npgsql's form.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        await CreateNamedDatabaseAsync(name, template);
        return ConnectionString(name);
    }

    /// <summary>Creates a database.</summary>
    /// <param name="name">Its name, of letters, digits and underscores.</param>
    /// <param name="template">The database to copy; null for an empty one.</param>
    public Task CreateNamedDatabaseAsync(string name, string? template = null) =>
        ExecuteAsync($"create database {name} template {template ?? "template0"}");

    /// <summary>Drops a database, whoever is connected to it.</summary>
    /// <param name="connectionString">As <see cref="CreateDatabaseAsync"/> gave it.</param>
    public Task DropDatabaseAsync(string connectionString) =>
        ExecuteAsync($"drop database {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = folder,
            Username = User,
            Database = database,
        }.ConnectionString;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of databases are ours and cannot be parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var home = (await Commands.RunAsync(User, "mktemp", "-d", "/tmp/devicetwin-postgres-XXXXXX")).Trim();
        var data = Path.Combine(home, "data");
        string[] initialize = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"];
        await Commands.RunAsync(User, [Program("initdb"), "-D", data, "-U", User, .. initialize]);
        string[] settings =
        [
            "listen_addresses=",
            $"unix_socket_directories={home}",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=500",
            "max_wal_size=4GB",
        ];
        // QUIT drops connections and writes nothing: the folder is removed anyway.
        var running = GuardedProcess.Start(
            [Program("postgres"), "-D", data, .. settings.SelectMany(setting => new[] { "-c", setting })],
            User,
            home,
            signal: "QUIT"
        );
        var server = new PostgresServer(running, home);
        await Eventually.BecomesTrueAsync(server.AnswersAsync, "the tests' PostgreSQL server answers");
        return server;
    }

    private async Task<bool> AnswersAsync()
    {
        Assert.False(process.HasEnded, $"The tests' PostgreSQL server ended:\n{process.Output}");
        try
        {
            await ExecuteAsync("select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string Program(string name)
    {
        const string Root = "/usr/lib/postgresql";
        var debian = Directory.Exists(Root)
            ? Directory
                .GetDirectories(Root)
                .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var named = Environment.GetEnvironmentVariable("DEVICETWIN_TEST_POSTGRES_BIN");
        return Commands.Find(name, named is null ? debian : [named])
            ?? throw new InvalidOperationException(
                $"PostgreSQL's '{name}' was not found. Install PostgreSQL (apt install postgresql) or name its folder in DEVICETWIN_TEST_POSTGRES_BIN."
            );
    }
}
