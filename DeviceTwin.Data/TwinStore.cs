using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>
/// The way to the store. Readers open contexts; a write is one transaction, which commits as a whole or leaves nothing.
/// On SQLite one write runs at a time; on PostgreSQL many do, and one that lost a race (deadlock, serialization) runs again.
/// </summary>
/// <param name="contexts">Makes contexts of the configured kind.</param>
/// <param name="gate">Lets SQLite's writers in one by one.</param>
/// <param name="commits">Is told of commits that changed the log, an action or a desired document.</param>
public sealed class TwinStore(IDbContextFactory<TwinDbContext> contexts, WriteGate gate, CommitSignal commits)
{
    private const int Attempts = 5;

    /// <summary>Opens a context for reading. The caller disposes it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<TwinDbContext> OpenAsync(CancellationToken cancellationToken) =>
        contexts.CreateDbContextAsync(cancellationToken);

    /// <summary>Runs <paramref name="work"/> in one transaction and commits it.</summary>
    /// <param name="work">
    /// Changes the store and gives a result. It may run more than once, each time on a fresh context, so it must keep nothing
    /// from an earlier run. Tracked changes that it leaves are saved. A result that says that the work was refused
    /// (<see cref="IRefusable"/>) leaves nothing.
    /// </param>
    /// <param name="cancellationToken">Rolls back, unless the commit has begun.</param>
    public async Task<TResult> WriteAsync<TResult>(
        Func<TwinDbContext, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var entered = await gate.EnterAsync(cancellationToken);
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                context.HasNews = false;
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                var result = await work(context, cancellationToken);
                if (result is IRefusable { IsRefused: true })
                {
                    return result;
                }

                await context.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                if (Concerns(context))
                {
                    commits.Raise();
                }

                return result;
            }
            catch (Exception exception) when (attempt < Attempts && StoreFault.IsLostRace(exception))
            {
                // The other transaction has committed by now: this one runs again on what it left.
            }
        }
    }

    /// <inheritdoc cref="WriteAsync{TResult}" />
    public Task WriteAsync(Func<TwinDbContext, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        WriteAsync<object?>(
            async (context, token) =>
            {
                await work(context, token);
                return null;
            },
            cancellationToken
        );

    // Heartbeats, which are most of all commits, bring nothing for the change log's readers or the outboxes.
    private static bool Concerns(TwinDbContext context) =>
        context.HasNews
        || context.ChangeTracker.Entries().Any(entry => entry.Entity is TwinChange or DeviceAction or DesiredDocument);
}
