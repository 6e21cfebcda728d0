using System.Globalization;
using Npgsql;

namespace DeviceTwin.Servers;

/// <summary>
/// A private PostgreSQL server in a folder of its own, reached by a Unix socket in that folder, gone with this process at the
/// latest.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly GuardedProcess process;
    private readonly string folder;
    private int databases;

    private PostgresServer(GuardedProcess process, string folder)
    {
        this.process = process;
        this.folder = folder;
    }

    /// <summary>Makes a cluster, starts its server and waits until it answers.</summary>
    /// <param name="settings">What differs from PostgreSQL's defaults, e.g. <c>fsync=off</c>.</param>
    /// <exception cref="ServerException">PostgreSQL is not installed or does not start.</exception>
    public static async Task<PostgresServer> StartAsync(params IEnumerable<string> settings)
    {
        var (initdb, postgres) = (Program("initdb"), Program("postgres"));
        var home = (await Commands.RunAsync(User, "mktemp", "-d", "/tmp/devicetwin-postgres-XXXXXX")).Trim();
        var data = Path.Combine(home, "data");
        string[] initialize = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"];
        await Commands.RunAsync(User, [initdb, "-D", data, "-U", User, .. initialize]);
        string[] all = ["listen_addresses=", $"unix_socket_directories={home}", .. settings];
        // QUIT drops connections and writes nothing: the folder is removed anyway.
        var running = GuardedProcess.Start(
            [postgres, "-D", data, .. all.SelectMany(setting => new[] { "-c", setting })],
            User,
            home,
            signal: "QUIT"
        );
        var server = new PostgresServer(running, home);
        await Answering.WaitAsync(server.AnswersAsync, "PostgreSQL", running);
        return server;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => process.DisposeAsync();

    /// <summary>Creates a database with a name of its own.</summary>
    /// <param name="template">The database to copy; null for an empty one.</param>
    /// <returns>Its connection string in Npgsql's form.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"twin_{Interlocked.Increment(ref databases)}");
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

    private async Task<bool> AnswersAsync()
    {
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
            ?? throw new ServerException(
                $"PostgreSQL's '{name}' was not found. Install PostgreSQL (apt install postgresql) or name its folder in DEVICETWIN_TEST_POSTGRES_BIN."
            );
    }
}
