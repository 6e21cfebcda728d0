using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
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
        modelBuilder
            .Entity<TwinChange>()
            .Property(change => change.TransactionId)
            .HasDefaultValueSql("(pg_current_xact_id()::text)::bigint")
            .ValueGeneratedOnAdd();
        modelBuilder.Entity<Device>().Property(device => device.Tags).HasColumnType("jsonb");
        modelBuilder.Entity<Snap>().Property(snap => snap.Config).HasColumnType("jsonb");
        modelBuilder.Entity<Snap>().Property(snap => snap.Services).HasColumnType("jsonb");
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        base.ConfigureConventions(configurationBuilder);
        // Texts compare byte by byte, as on SQLite and in cursors, whatever the database's locale.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
