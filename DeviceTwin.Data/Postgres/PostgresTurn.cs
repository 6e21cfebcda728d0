using System.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Postgres;

/// <summary>The turn of one process among those that would migrate the same database at once.</summary>
internal sealed class PostgresTurn : IAsyncDisposable
{
    // Any number that no other program takes for a lock in the same database.
    private const long Key = 0x6465766963657477;
    private readonly TwinDbContext context;

    private PostgresTurn(TwinDbContext context) => this.context = context;

    /// <summary>Waits for the turn. It belongs to the connection of <paramref name="context"/>, which stays open during it.</summary>
    /// <param name="context">A context on PostgreSQL.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PostgresTurn> TakeAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        // Waiting for others, or rewriting a large table, is not to be cut off like a query.
        context.Database.SetCommandTimeout(TimeSpan.Zero);
        await context.Database.OpenConnectionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"select pg_advisory_lock({Key})", cancellationToken);
        return new PostgresTurn(context);
    }

    /// <summary>Ends the turn. A lost connection has ended it already.</summary>
    public async ValueTask DisposeAsync()
    {
        if (context.Database.GetDbConnection().State == ConnectionState.Open)
        {
            await context.Database.ExecuteSqlAsync($"select pg_advisory_unlock({Key})");
        }

        await context.Database.CloseConnectionAsync();
    }
}
