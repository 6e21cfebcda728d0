using DeviceTwin.Data.Postgres;
using DeviceTwin.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DeviceTwin.Data;

/// <summary>Registers the store.</summary>
public static class StoreServices
{
    /// <summary>
    /// Adds <see cref="TwinStore"/>, <see cref="CommitSignal"/>, <see cref="StoreMigrator"/> and pooled contexts of the kind that
    /// <paramref name="options"/> name, as singletons. Every <see cref="IInterceptor"/> in the container sees the contexts' commands.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Which store, and where.</param>
    /// <exception cref="StoreUnavailableException"><see cref="StoreOptions.Source"/> cannot be read.</exception>
    public static IServiceCollection AddTwinStore(this IServiceCollection services, StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        services.AddSingleton(_ => new WriteGate(oneAtATime: options.Driver != StoreDriver.Postgres));
        services.AddSingleton<CommitSignal>();
        services.AddSingleton<TwinStore>();
        services.AddSingleton<StoreMigrator>();
        services.TryAddSingleton(TimeProvider.System);
        return options.Driver switch
        {
            StoreDriver.Sqlite => services.AddSqliteFile(options.Source),
            StoreDriver.Memory => services.AddSqlite(() => new SqliteSource()),
            StoreDriver.Postgres => services.AddPostgres(options.Source),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Driver, "Unknown kind of store."),
        };
    }

    private static IServiceCollection AddSqliteFile(this IServiceCollection services, string source)
    {
        var connectionString = SqliteSource.Read(source);
        return services.AddSqlite(() => new SqliteSource(connectionString));
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, Func<SqliteSource> open) =>
        services
            .AddSingleton(_ => open())
            .AddContexts<SqliteTwinDbContext>(
                (provider, builder) =>
                    builder.UseTwinSqlite(provider.GetRequiredService<SqliteSource>().ConnectionString)
            );

    private static IServiceCollection AddPostgres(this IServiceCollection services, string source)
    {
        var connectionString = PostgresSource.Read(source).ConnectionString;
        services.AddSingleton(_ => Npgsql.NpgsqlDataSource.Create(connectionString));
        return services.AddContexts<PostgresTwinDbContext>(
            (provider, builder) => builder.UseTwinPostgres(provider.GetRequiredService<Npgsql.NpgsqlDataSource>())
        );
    }

    private static IServiceCollection AddContexts<TContext>(
        this IServiceCollection services,
        Action<IServiceProvider, DbContextOptionsBuilder> use
    )
        where TContext : TwinDbContext
    {
        services.AddPooledDbContextFactory<TContext>(
            (provider, builder) =>
            {
                use(provider, builder);
                builder.AddInterceptors(provider.GetServices<IInterceptor>());
            }
        );
        return services.AddSingleton<IDbContextFactory<TwinDbContext>, TwinContextFactory<TContext>>();
    }

    private sealed class TwinContextFactory<TContext>(IDbContextFactory<TContext> contexts)
        : IDbContextFactory<TwinDbContext>
        where TContext : TwinDbContext
    {
        public TwinDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<TwinDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await contexts.CreateDbContextAsync(cancellationToken);
    }
}
