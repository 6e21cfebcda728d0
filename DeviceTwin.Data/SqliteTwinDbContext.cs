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
        // A column "jsonb" would have SQLite's numeric affinity, which turns the document 1.0 into the number 1.
        foreach (
            var property in modelBuilder
                .Model.GetEntityTypes()
                .SelectMany(entity => entity.GetProperties())
                .Where(property => property.GetColumnType() == "jsonb")
        )
        {
            property.SetColumnType("TEXT");
        }

        modelBuilder
            .HasDbFunction(TwinFunctions.JsonPathEqualsMethod)
            .HasName(TwinFunctions.JsonPathEqualsName)
            .IsBuiltIn();
    }
}
