using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.GraphQL.Engine.Paging;

public sealed class KeysetTests : IDisposable
{
    private static readonly GraphQLSettings Limits = new();
    private static readonly SortKey<Book> ById = SortKey.Of<Book, long>("id", book => book.Id);

    private static readonly SortKey<Book>[] Keys =
    [
        SortKey.Of<Book, string>("title", book => book.Title),
        SortKey.OfNullable<Book, string?>("subtitle", book => book.Subtitle),
        SortKey.OfNullable<Book, int?>("rating", book => book.Rating),
        SortKey.OfNullable<Book, DateTime?>("readAt", book => book.ReadAt),
        SortKey.Of<Book, DateTime>("publishedAt", book => book.PublishedAt),
        SortKey.Of<Book, int>("pages", book => book.Pages),
    ];

    private readonly Library library = new();

    [Property(MaxTest = 40)]
    public void Every_row_that_stays_comes_once_in_order_while_others_come_and_go(int seed)
    {
        var random = new Random(seed);
        using var library = new Library();
        library.Add([.. Enumerable.Range(1, random.Next(0, 40)).Select(id => Any(random, id * 10))]);
        var order = AnyOrder(random);
        var isBackward = random.Next(2) == 0;
        var staying = new HashSet<long>(All(library, order).Select(book => book.Id));
        // A row that goes and comes back elsewhere under its old id may well come twice.
        var used = new HashSet<long>(staying);

        var read = new List<long>();
        string? cursor = null;
        bool more;
        do
        {
            var page = Read(library, order, random.Next(1, 7), isBackward, cursor);
            var ids = page.Nodes.Select(book => book.Id).ToList();
            read.InsertRange(isBackward ? 0 : read.Count, ids);
            more = isBackward ? HasPrevious(page) : HasNext(page);
            cursor = isBackward ? page.PageInfo.StartCursor : page.PageInfo.EndCursor;
            Change(random, library, staying, used);
        } while (more && cursor is not null);

        Assert.Equal(read.Count, read.Distinct().Count());
        var expected = All(library, order).Select(book => book.Id).Where(staying.Contains);
        Assert.Equal(expected, read.Where(staying.Contains));
    }

    [Property(MaxTest = 40)]
    public void A_page_knows_what_lies_before_and_behind_it(int seed)
    {
        var random = new Random(seed);
        using var library = new Library();
        library.Add([.. Enumerable.Range(1, random.Next(1, 12)).Select(id => Any(random, id))]);
        var order = AnyOrder(random);
        var all = All(library, order);
        var start = random.Next(all.Count);
        var size = random.Next(0, all.Count + 1);
        var isBackward = random.Next(2) == 0;
        var cursor = CursorOf(library, order, all[start]);
        if (random.Next(2) == 0)
        {
            using var context = library.Open();
            context.Remove(all[start]);
            context.SaveChanges();
        }

        var page = Read(library, order, size, isBackward, cursor);

        var left = All(library, order);
        var cut = isBackward
            ? left.FindAll(book => all.FindIndex(other => other.Id == book.Id) < start)
            : left.FindAll(book => all.FindIndex(other => other.Id == book.Id) > start);
        var expected = isBackward ? cut.TakeLast(size).ToList() : cut.Take(size).ToList();
        Assert.Equal(expected.Select(book => book.Id), page.Nodes.Select(book => book.Id));
        Assert.Equal(isBackward ? left.Count > cut.Count : cut.Count > expected.Count, HasNext(page));
        Assert.Equal(isBackward ? cut.Count > expected.Count : left.Count > cut.Count, HasPrevious(page));
    }

    [Fact]
    public void Without_a_cursor_nothing_lies_on_the_side_that_was_begun_from()
    {
        this.library.Add(Any(new Random(1), 1), Any(new Random(1), 2));

        var first = Read(this.library, new(ById), 1, isBackward: false, cursor: null);
        var last = Read(this.library, new(ById), 1, isBackward: true, cursor: null);

        Assert.Equal((false, true, 1L), (HasPrevious(first), HasNext(first), first.Nodes[0].Id));
        Assert.Equal((true, false, 2L), (HasPrevious(last), HasNext(last), last.Nodes[0].Id));
    }

    [Fact]
    public void A_page_costs_one_statement_until_more_is_asked_for()
    {
        this.library.Add(Any(new Random(1), 1), Any(new Random(1), 2));
        var cursor = Read(this.library, new(ById), 1, isBackward: false, cursor: null).PageInfo.EndCursor;
        this.library.Statements.Clear();

        var page = Read(this.library, new(ById), 1, isBackward: false, cursor);
        Assert.False(HasNext(page));
        Assert.Single(this.library.Statements);

        Assert.True(HasPrevious(page));
        Assert.Equal(2, this.library.Statements.Count);
    }

    [Fact]
    public void Pages_are_one_statement_with_parameters_to_the_database()
    {
        this.library.Add([.. Enumerable.Range(1, 5).Select(id => Any(new Random(id), id))]);
        var order = new KeysetOrder<Book>(Keys[0], ById);
        var first = Read(this.library, order, 1, isBackward: false, cursor: null);
        var second = Read(this.library, order, 1, isBackward: false, first.PageInfo.EndCursor);
        this.library.Statements.Clear();
        Read(this.library, order, 1, isBackward: false, first.PageInfo.EndCursor);
        Read(this.library, order, 1, isBackward: false, second.PageInfo.EndCursor);

        var texts = this.library.Statements.Select(text => text[text.IndexOf("SELECT", StringComparison.Ordinal)..]);
        Assert.Single(texts.Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage!")]
    [InlineData("e30=")] // {}
    [InlineData("W10=")] // []
    [InlineData("WyJpZCJd")] // ["id"]
    [InlineData("WyJpZCIsIngiXQ==")] // ["id","x"]
    [InlineData("WyJpZCIsbnVsbF0=")] // ["id",null]
    public void What_is_no_cursor_is_refused(string cursor)
    {
        var error = Assert.Throws<CallerError>(() => Read(this.library, new(ById), 1, isBackward: false, cursor));

        Assert.Equal("INVALID_CURSOR", error.Code);
    }

    [Fact]
    public void A_cursor_of_another_order_is_refused()
    {
        this.library.Add(Any(new Random(1), 1));
        var byTitle = new KeysetOrder<Book>(Keys[0], ById);
        var cursor = Read(this.library, byTitle, 1, isBackward: false, cursor: null).PageInfo.EndCursor;

        foreach (var other in new KeysetOrder<Book>[] { new(ById), new(Keys[0].Reversed, ById), new(Keys[1], ById) })
        {
            var error = Assert.Throws<CallerError>(() => Read(this.library, other, 1, isBackward: false, cursor));
            Assert.Equal("INVALID_CURSOR", error.Code);
        }
    }

    private static void Change(Random random, Library library, HashSet<long> staying, HashSet<long> used)
    {
        using var context = library.Open();
        if (random.Next(2) == 0)
        {
            var id = random.NextInt64(1, 500);
            if (used.Add(id))
            {
                context.Books.Add(Any(random, id));
            }
        }
        if (random.Next(2) == 0)
        {
            var books = context.Books.ToList();
            if (books.Count > 0)
            {
                var gone = books[random.Next(books.Count)];
                context.Books.Remove(gone);
                staying.Remove(gone.Id);
            }
        }
        context.SaveChanges();
    }

    private static Book Any(Random random, long id) =>
        new()
        {
            Id = id,
            Title = Word(random),
            Subtitle = random.Next(3) == 0 ? null : Word(random),
            Rating = random.Next(3) == 0 ? null : random.Next(3),
            Pages = random.Next(3),
            PublishedAt = Instant(random),
            ReadAt = random.Next(3) == 0 ? null : Instant(random),
        };

    // Few values, so that most keys tie; case, digits and beyond ASCII, where cultures and bytes disagree.
    private static string Word(Random random) =>
        new[] { "", "a", "A", "b", "Z", "ä", "a1", "a10", "a2", "_" }[random.Next(10)];

    private static DateTime Instant(Random random) =>
        new DateTime(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc).AddTicks(
            new long[] { 0, 1, 10, 5_000_000, 10_000_000 }[random.Next(5)]
        );

    private static KeysetOrder<Book> AnyOrder(Random random) =>
        new([
            .. Keys.OrderBy(_ => random.Next())
                .Take(random.Next(4))
                .Select(key => random.Next(2) == 0 ? key : key.Reversed),
            random.Next(2) == 0 ? ById : ById.Reversed,
        ]);

    /// <summary>What LINQ makes of the order, with nulls below everything and texts compared by their bytes.</summary>
    private static List<Book> All(Library library, KeysetOrder<Book> order)
    {
        using var context = library.Open();
        var books = context.Books.ToList();
        var sorted = books.OrderBy(_ => 0);
        foreach (var name in order.Fingerprint.Split(','))
        {
            var comparer = Comparer<object?>.Create(Compare);
            sorted =
                name[0] == '-'
                    ? sorted.ThenByDescending(book => ValueOf(book, name[1..]), comparer)
                    : sorted.ThenBy(book => ValueOf(book, name), comparer);
        }
        return [.. sorted];
    }

    private static int Compare(object? left, object? right) =>
        (left, right) switch
        {
            (null, null) => 0,
            (null, _) => -1,
            (_, null) => 1,
            (string first, string second) => string.CompareOrdinal(first, second),
            _ => Comparer<object>.Default.Compare(left, right),
        };

    private static object? ValueOf(Book book, string name) =>
        typeof(Book).GetProperty(char.ToUpperInvariant(name[0]) + name[1..])!.GetValue(book);

    private static string CursorOf(Library library, KeysetOrder<Book> order, Book book) =>
        Read(library, order, 500, isBackward: false, cursor: null).Rows.Single(row => row.Node.Id == book.Id).Cursor;

    private static Page<Book> Read(
        Library library,
        KeysetOrder<Book> order,
        int size,
        bool isBackward,
        string? cursor
    ) =>
        new KeysetQuery<LibraryContext, Book>(library.OpenAsync, context => context.Books, order)
            .ReadAsync(
                isBackward
                    ? PageRequest.Read(first: null, after: null, size, cursor, Limits)
                    : PageRequest.Read(size, cursor, last: null, before: null, Limits),
                CancellationToken.None
            )
            .GetAwaiter()
            .GetResult();

    private static bool HasNext(Page<Book> page) =>
        page.PageInfo.HasNextPageAsync(CancellationToken.None).GetAwaiter().GetResult();

    private static bool HasPrevious(Page<Book> page) =>
        page.PageInfo.HasPreviousPageAsync(CancellationToken.None).GetAwaiter().GetResult();

    public void Dispose() => this.library.Dispose();
}
