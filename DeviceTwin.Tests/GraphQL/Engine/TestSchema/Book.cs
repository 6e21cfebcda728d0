using DeviceTwin.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.GraphQL.Engine.TestSchema;

/// <summary>What the tests page through and filter.</summary>
public sealed class Book
{
    public long Id { get; set; }
    public required string Title { get; set; }
    public string? Subtitle { get; set; }
    public int Pages { get; set; }
    public int? Rating { get; set; }
    public DateTime PublishedAt { get; set; }
    public DateTime? ReadAt { get; set; }
    public Genre Genre { get; set; }
    public Genre? SecondGenre { get; set; }
    public bool Lent { get; set; }
}

/// <summary>Kinds of books.</summary>
public enum Genre
{
    /// <summary>Made up.</summary>
    Novel,

    /// <summary>Not made up.</summary>
    NonFiction,
    Poetry,
}

public sealed class LibraryContext(DbContextOptions<LibraryContext> options) : DbContext(options)
{
    public DbSet<Book> Books => Set<Book>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcInstantConverter>();
        configurationBuilder.Properties<Genre>().HaveConversion<string>();
    }
}

/// <summary>A library in SQLite's memory, gone when disposed.</summary>
public sealed class Library : IDisposable
{
    private readonly SqliteConnection connection = new("Data Source=:memory:");
    private readonly DbContextOptions<LibraryContext> options;

    public Library()
    {
        connection.Open();
        this.options = new DbContextOptionsBuilder<LibraryContext>()
            .UseSqlite(connection, sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter))
            .LogTo(
                text => Statements.Add(text),
                [Microsoft.EntityFrameworkCore.Diagnostics.RelationalEventId.CommandExecuting]
            )
            .Options;
        using var context = Open();
        context.Database.EnsureCreated();
        Statements.Clear();
    }

    public List<string> Statements { get; } = [];

    public LibraryContext Open() => new(this.options);

    public Task<LibraryContext> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(Open());

    public void Add(params Book[] books)
    {
        using var context = Open();
        context.Books.AddRange(books);
        context.SaveChanges();
    }

    public void Dispose() => connection.Dispose();
}
