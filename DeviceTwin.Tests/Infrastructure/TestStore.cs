using DeviceTwin.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>A store of a test's own, with the schema and no rows; gone when disposed.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> PostgresTemplate = new(MakePostgresTemplateAsync);
    private readonly ServiceProvider services;
    private readonly Func<Task> remove;

    private TestStore(StoreKind kind, StoreOptions options, Func<Task> remove)
    {
        Kind = kind;
        Options = options;
        this.remove = remove;
        services = new ServiceCollection()
            .AddTwinStore(options)
            .AddSingleton<IInterceptor>(Commands)
            .BuildServiceProvider();
    }

    /// <summary>The kind of store.</summary>
    public StoreKind Kind { get; }

    /// <summary>What a service is to be given to use this store: driver and connection string.</summary>
    public StoreOptions Options { get; }

    /// <summary>The connection string.</summary>
    public string ConnectionString => Options.Source;

    /// <summary>The store.</summary>
    public TwinStore Store => services.GetRequiredService<TwinStore>();

    /// <summary>Is raised by each commit.</summary>
    public CommitSignal Commits => services.GetRequiredService<CommitSignal>();

    /// <summary>Brings the store to the newest schema (it is there already).</summary>
    public StoreMigrator Migrator => services.GetRequiredService<StoreMigrator>();

    /// <summary>Every SQL command that this store's contexts ran.</summary>
    public SqlCommands Commands { get; } = new();

    /// <summary>Makes a store with the schema.</summary>
    /// <param name="kind">Its kind.</param>
    public static async Task<TestStore> CreateAsync(StoreKind kind)
    {
        if (kind == StoreKind.Postgres)
        {
            return await CreatePostgresAsync(await PostgresTemplate.Value);
        }

        var store = await CreateEmptyAsync(kind);
        await store.Migrator.MigrateAsync(TimeSpan.Zero, CancellationToken.None);
        store.Commands.Clear();
        return store;
    }

    /// <summary>Makes a store without a schema.</summary>
    /// <param name="kind">Its kind.</param>
    public static async Task<TestStore> CreateEmptyAsync(StoreKind kind)
    {
        switch (kind)
        {
            case StoreKind.Postgres:
                return await CreatePostgresAsync(template: null);
            case StoreKind.Memory:
                return new TestStore(kind, new StoreOptions(StoreDriver.Memory, ""), () => Task.CompletedTask);
            default:
                var folder = Directory.CreateTempSubdirectory("devicetwin-sqlite-");
                var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder.FullName, "twin.db") };
                return new TestStore(
                    kind,
                    new StoreOptions(StoreDriver.Sqlite, file.ConnectionString),
                    () => Task.Run(() => folder.Delete(recursive: true))
                );
        }
    }

    /// <summary>Opens a context. The caller disposes it.</summary>
    public Task<TwinDbContext> OpenAsync() => Store.OpenAsync(CancellationToken.None);

    /// <summary>Closes the store's connections and removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await remove();
    }

    private static async Task<TestStore> CreatePostgresAsync(string? template)
    {
        var server = await TestPostgres.GetAsync();
        var source = await server.CreateDatabaseAsync(template);
        return new TestStore(
            StoreKind.Postgres,
            new StoreOptions(StoreDriver.Postgres, source),
            () => server.DropDatabaseAsync(source)
        );
    }

    // Copying a migrated database takes a fraction of migrating an empty one. It stays until the server goes.
    private static async Task<string> MakePostgresTemplateAsync()
    {
        var store = await CreatePostgresAsync(template: null);
        await store.Migrator.MigrateAsync(TimeSpan.Zero, CancellationToken.None);
        await store.services.DisposeAsync();
        return new NpgsqlConnectionStringBuilder(store.ConnectionString).Database!;
    }
}
