using DeviceTwin.Data.Postgres;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>Brings the store to the schema that this program knows, before anything else uses it.</summary>
/// <param name="contexts">Makes contexts of the configured kind.</param>
/// <param name="clock">The clock of the wait.</param>
public sealed class StoreMigrator(IDbContextFactory<TwinDbContext> contexts, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Applies what is missing. On PostgreSQL, processes that start together take turns.</summary>
    /// <param name="wait">How long to wait for a store that cannot be reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached, refuses, or is newer than this program.</exception>
    public async Task MigrateAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            try
            {
                await MigrateAsync(context, cancellationToken);
                return;
            }
            catch (Exception exception) when (StoreFault.IsUnreachable(exception))
            {
                if (!StoreFault.MayPass(exception) || clock.GetElapsedTime(started) >= wait)
                {
                    throw new StoreUnavailableException(Describe(context, exception), exception);
                }
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private static async Task MigrateAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        if (context.IsPostgres)
        {
            await CheckEncodingAsync(context, cancellationToken);
            await using var turn = await PostgresTurn.TakeAsync(context, cancellationToken);
            await ApplyAsync(context, cancellationToken);
            return;
        }

        // One process has an SQLite store: a lock of EF Core's that is still there was left by one that was killed, and
        // EF Core would wait for it forever.
        await context.Database.ExecuteSqlAsync($"""drop table if exists "__EFMigrationsLock" """, cancellationToken);
        await ApplyAsync(context, cancellationToken);
    }

    // Any other encoding refuses some texts of devices and callers, or counts and compares bytes as characters.
    private static async Task CheckEncodingAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        var encoding = await context
            .Database.SqlQuery<string>($"""select current_setting('server_encoding') as "Value" """)
            .SingleAsync(cancellationToken);
        if (encoding != "UTF8")
        {
            throw new StoreUnavailableException(
                $"{Name(context)} has the encoding {encoding} and needs UTF8: make another one (create database … encoding 'UTF8' template template0) and name it in database.source."
            );
        }
    }

    private static async Task ApplyAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        var applied = await context.Database.GetAppliedMigrationsAsync(cancellationToken);
        if (applied.Except(context.Database.GetMigrations()).LastOrDefault() is { } unknown)
        {
            throw new StoreUnavailableException(
                $"{Name(context)} was written by a newer version of this program (it has the migration '{unknown}'): run that version, or name another store."
            );
        }

        await context.Database.MigrateAsync(cancellationToken);
    }

    private static string Describe(TwinDbContext context, Exception exception) =>
        $"{Name(context)} cannot be used: {StoreFault.Reason(exception)}";

    private static string Name(TwinDbContext context)
    {
        var connection = context.Database.GetDbConnection();
        return context.IsPostgres
            ? $"The PostgreSQL database '{connection.Database}' at {connection.DataSource}"
            : $"The SQLite file '{connection.DataSource}'";
    }
}
