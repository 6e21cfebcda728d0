using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>The store on SQLite.</summary>
/// <param name="options">The provider's options.</param>
public sealed class SqliteTwinDbContext(DbContextOptions<SqliteTwinDbContext> options) : TwinDbContext(options)
{
    /// <inheritdoc />
    public override bool IsPostgres => false;

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        base.OnModelCreating(modelBuilder);
        modelBuilder
            .HasDbFunction(TwinFunctions.JsonPathEqualsMethod)
            .HasName(TwinFunctions.JsonPathEqualsName)
            .IsBuiltIn();
    }
}
