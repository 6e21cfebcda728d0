using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Postgres;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>The store on PostgreSQL.</summary>
/// <param name="options">The provider's options.</param>
public sealed class PostgresTwinDbContext(DbContextOptions<PostgresTwinDbContext> options) : TwinDbContext(options)
{
    /// <inheritdoc />
    public override bool IsPostgres => true;

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        base.OnModelCreating(modelBuilder);
        // Here only: on SQLite a column "jsonb" would have numeric affinity, which turns the document 1.0 into the number 1.
        modelBuilder.Entity<Device>().Property(device => device.Tags).HasColumnType("jsonb");
        modelBuilder.Entity<Snap>().Property(snap => snap.Config).HasColumnType("jsonb");
        modelBuilder.Entity<Snap>().Property(snap => snap.Services).HasColumnType("jsonb");
        modelBuilder.Entity<ReportedState>().Property(state => state.Properties).HasColumnType("jsonb");
        modelBuilder.Entity<DesiredLayer>().Property(layer => layer.Properties).HasColumnType("jsonb");
        modelBuilder.Entity<DesiredLayer>().Property(layer => layer.Snaps).HasColumnType("jsonb");
        modelBuilder.Entity<DesiredDocument>().Property(document => document.Properties).HasColumnType("jsonb");
        modelBuilder.Entity<TwinChange>().Property(change => change.GroupsJoined).HasColumnType("jsonb");
        modelBuilder.Entity<TwinChange>().Property(change => change.GroupsLeft).HasColumnType("jsonb");
        // Texts compare byte by byte, as on SQLite and in cursors, whatever the database's locale. (jsonb takes no collation.)
        foreach (
            var property in modelBuilder
                .Model.GetEntityTypes()
                .SelectMany(entity => entity.GetProperties())
                .Where(property => property.ClrType == typeof(string) && property.GetColumnType() != "jsonb")
        )
        {
            property.SetCollation("C");
        }

        modelBuilder
            .Entity<TwinChange>()
            .Property(change => change.TransactionId)
            .HasDefaultValueSql("(pg_current_xact_id()::text)::bigint")
            .ValueGeneratedOnAdd();
        // Half of each page stays free, so that a heartbeat's new row version finds room beside the old one (HOT) and needs
        // no vacuum; what little is left over is vacuumed early.
        modelBuilder
            .Entity<DeviceHeartbeat>()
            .HasStorageParameter("fillfactor", 50)
            .HasStorageParameter("autovacuum_vacuum_scale_factor", 0.05)
            .HasStorageParameter("autovacuum_vacuum_cost_delay", 0)
            // Heartbeats leave it as it is, and PostgreSQL then updates in place all the same. SQLite would write it with each of them.
            .HasIndex(row => new { row.Connectivity, row.TwinId });
        // For equality only: a list of one organization in the order of device ids, planned for an organization that PostgreSQL knows nothing
        // of, would otherwise be read through all organizations' devices.
        modelBuilder.Entity<Device>().HasIndex(device => device.DeviceId).HasOperators("text_pattern_ops");
        // Many indexes stand on devices, and none on what a report changes: it, too, finds room beside the old version.
        modelBuilder.Entity<Device>().HasStorageParameter("fillfactor", 85);
        modelBuilder.HasDbFunction(TwinFunctions.JsonPathEqualsMethod).HasTranslation(PostgresUse.JsonPathEquals);
    }
}
