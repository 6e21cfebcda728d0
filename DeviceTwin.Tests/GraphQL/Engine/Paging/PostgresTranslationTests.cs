using DeviceTwin.Api.GraphQL.Engine.Filters;
using DeviceTwin.Api.GraphQL.Engine.InputObjects;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.GraphQL.Engine.Paging;

/// <summary>What SQLite runs in the other tests, PostgreSQL's provider translates, too; no server is asked.</summary>
public sealed class PostgresTranslationTests : IDisposable
{
    private readonly LibraryContext context = new(
        new DbContextOptionsBuilder<LibraryContext>().UseNpgsql("Host=nowhere").Options
    );

    [Fact]
    public void Conditions_on_text_are_translated()
    {
        var filter = Given(
            new StringOperationFilterInput
            {
                Neq = "a",
                Contains = "b",
                Ncontains = "c",
                In = ["d", null],
                Nin = ["e"],
                StartsWith = "f",
                NstartsWith = "g",
                EndsWith = "h",
                NendsWith = "i",
            },
            "neq contains ncontains in nin startsWith nstartsWith endsWith nendsWith"
        );

        var sql = context.Books.Where(filter.ToPredicate<Book>(book => book.Subtitle)).ToQueryString();

        Assert.Contains("LIKE", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_on_instants_and_enums_are_translated()
    {
        var read = Given(
            new DateTimeOperationFilterInput
            {
                Ngt = DateTime.UnixEpoch,
                In = [DateTime.UnixEpoch],
                Eq = null,
            },
            "ngt in eq"
        );
        var genre = Given(new GenreOperationFilterInput { In = [Genre.Novel], Neq = Genre.Poetry }, "in neq");

        var sql = context
            .Books.Where(read.ToPredicate<Book>(book => book.ReadAt))
            .Where(genre.ToPredicate<Book>(book => book.Genre))
            .ToQueryString();

        Assert.Contains("IS NULL", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_are_translated_and_begin_with_a_range_of_the_first_column()
    {
        var order = new KeysetOrder<Book>(
            SortKey.Of<Book, string>("title", book => book.Title),
            SortKey.OfNullable<Book, DateTime?>("readAt", book => book.ReadAt).Reversed,
            SortKey.Of<Book, long>("id", book => book.Id)
        );

        var sql = order.Apply(context.Books.Where(order.After(["a", DateTime.UnixEpoch, 1L]))).ToQueryString();

        Assert.Contains("WHERE b.\"Title\" >= ", sql, StringComparison.Ordinal);
        Assert.Contains(
            "ORDER BY b.\"Title\", b.\"ReadAt\" IS NULL, b.\"ReadAt\" DESC, b.\"Id\"",
            sql,
            StringComparison.Ordinal
        );
    }

    private static TInput Given<TInput>(TInput input, string fields)
        where TInput : SuppliedInput
    {
        input.Accept(fields.Split(' ').ToDictionary(field => field, object? (_) => null));
        return input;
    }

    public void Dispose() => context.Dispose();
}
