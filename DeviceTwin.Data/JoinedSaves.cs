using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>
/// Saves the kinds of rows of which one transaction changes or adds many by one statement for each kind, where the change tracker would take one for
/// each row.
/// </summary>
internal static class JoinedSaves
{
    /// <summary>So many statements go in one round trip, and need no other text than a single one.</summary>
    private const int Few = 4;

    /// <summary>Saves all that was changed.</summary>
    /// <param name="context">The context.</param>
    /// <param name="saveRest">Saves what is left to the change tracker.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<int> SaveAsync(
        TwinDbContext context,
        Func<Task<int>> saveRest,
        CancellationToken cancellationToken
    )
    {
        context.ChangeTracker.DetectChanges();
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            var updated =
                await UpdateAsync<Device>(context, cancellationToken)
                + await UpdateAsync<DeviceAction>(context, cancellationToken)
                + await UpdateAsync<DeviceSync>(context, cancellationToken);
            // Nobody reads the ids of these back, and what they refer to comes first.
            var (connectivity, changes) = (TakeAdded<ConnectivityChange>(context), TakeAdded<TwinChange>(context));
            var rest = await saveRest();
            await ManyRows.InsertAsync(context, connectivity, cancellationToken);
            await ManyRows.InsertAsync(context, changes, cancellationToken);
            return updated + rest + connectivity.Count + changes.Count;
        }
        finally
        {
            context.ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    private static async Task<int> UpdateAsync<TRow>(TwinDbContext context, CancellationToken cancellationToken)
        where TRow : class
    {
        var entries = context
            .ChangeTracker.Entries<TRow>()
            .Where(entry => entry.State == EntityState.Modified)
            .ToList();
        if (entries.Count <= Few)
        {
            return 0;
        }

        var columns = context.Model.FindEntityType(typeof(TRow))!.GetProperties();
        var changed = columns.Where(column => entries.Exists(entry => entry.Property(column).IsModified)).ToList();
        await ManyRows.UpdateAsync(context, entries.ConvertAll(entry => entry.Entity), changed, cancellationToken);
        foreach (var entry in entries)
        {
            // Without this, the state takes the values back that were read.
            entry.OriginalValues.SetValues(entry.Entity);
            entry.State = EntityState.Unchanged;
        }

        return entries.Count;
    }

    private static List<TRow> TakeAdded<TRow>(TwinDbContext context)
        where TRow : class
    {
        var entries = context.ChangeTracker.Entries<TRow>().Where(entry => entry.State == EntityState.Added).ToList();
        if (entries.Count <= Few)
        {
            return [];
        }

        entries.ForEach(entry => entry.State = EntityState.Detached);
        return entries.ConvertAll(entry => entry.Entity);
    }
}
