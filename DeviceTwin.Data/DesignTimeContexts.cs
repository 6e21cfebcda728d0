using DeviceTwin.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DeviceTwin.Data;

/// <summary>Gives dotnet-ef a context on PostgreSQL; it writes migrations and never connects.</summary>
internal sealed class DesignTimePostgres : IDesignTimeDbContextFactory<PostgresTwinDbContext>
{
    public PostgresTwinDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<PostgresTwinDbContext>();
        builder.UseNpgsql().UseSnakeCaseNamingConvention();
        return new PostgresTwinDbContext(builder.Options);
    }
}

/// <summary>Gives dotnet-ef a context on SQLite.</summary>
internal sealed class DesignTimeSqlite : IDesignTimeDbContextFactory<SqliteTwinDbContext>
{
    public SqliteTwinDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<SqliteTwinDbContext>();
        builder.UseTwinSqlite("Data Source=design.db");
        return new SqliteTwinDbContext(builder.Options);
    }
}
