using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine.Filters;

public sealed class FilterTests(FilterTests.Books books) : IClassFixture<FilterTests.Books>
{
    private readonly TestEngine engine = books.Engine;

    [Theory]
    [InlineData("{}", "1 2 3 4")]
    [InlineData("{title: null}", "1 2 3 4")]
    [InlineData("{title: {}}", "1 2 3 4")]
    [InlineData("{title: {eq: \"Alpha\"}}", "1")]
    [InlineData("{title: {eq: \"alpha\"}}", "")]
    [InlineData("{title: {neq: \"Alpha\"}}", "2 3 4")]
    [InlineData("{title: {eq: null}}", "")]
    [InlineData("{subtitle: {eq: null}}", "1")]
    [InlineData("{subtitle: {neq: null}}", "2 3 4")]
    [InlineData("{subtitle: {neq: \"a\\\\b\"}}", "1 2 3")]
    [InlineData("{subtitle: {contains: \"%\"}}", "2")]
    [InlineData("{subtitle: {contains: \"_\"}}", "3")]
    [InlineData("{subtitle: {contains: \"\\\\\"}}", "4")]
    [InlineData("{subtitle: {contains: \"\"}}", "2 3 4")]
    [InlineData("{subtitle: {ncontains: \"_\"}}", "1 2 4")]
    [InlineData("{subtitle: {contains: null}}", "")]
    [InlineData("{subtitle: {ncontains: null}}", "1 2 3 4")]
    [InlineData("{title: {contains: \"ALPHA\"}}", "")]
    [InlineData("{title: {startsWith: \"alpha\"}}", "2")]
    [InlineData("{title: {startsWith: \"Alpha\"}}", "1")]
    [InlineData("{title: {nstartsWith: \"alpha\"}}", "1 3 4")]
    [InlineData("{subtitle: {startsWith: \"\"}}", "2 3 4")]
    [InlineData("{subtitle: {nstartsWith: \"50%\"}}", "1 3 4")]
    [InlineData("{title: {startsWith: \"👋 w\"}}", "4")]
    [InlineData("{title: {endsWith: \"👋 wave\"}}", "4")]
    [InlineData("{title: {endsWith: \"ta\"}}", "3")]
    [InlineData("{title: {endsWith: \"TA\"}}", "")]
    [InlineData("{subtitle: {nendsWith: \"score\"}}", "1 2 4")]
    [InlineData("{subtitle: {endsWith: \"\"}}", "2 3 4")]
    [InlineData("{title: {in: []}}", "")]
    [InlineData("{title: {nin: []}}", "1 2 3 4")]
    [InlineData("{title: {in: null}}", "")]
    [InlineData("{title: {in: [\"Alpha\", \"beta\", \"nope\"]}}", "1 3")]
    [InlineData("{subtitle: {in: [null, \"50% off\"]}}", "1 2")]
    [InlineData("{subtitle: {nin: [\"50% off\"]}}", "1 3 4")]
    [InlineData("{subtitle: {nin: [null, \"50% off\"]}}", "3 4")]
    [InlineData("{title: {or: [{eq: \"Alpha\"}, {startsWith: \"b\"}]}}", "1 3")]
    [InlineData("{title: {or: []}}", "")]
    [InlineData("{title: {and: [{contains: \"a\"}, {contains: \"b\"}]}}", "2 3")]
    [InlineData("{title: {and: [], neq: \"beta\"}}", "1 2 4")]
    [InlineData("{pages: {eq: 20}}", "2")]
    [InlineData("{pages: {eq: null}}", "")]
    [InlineData("{pages: {in: [10, null, 40]}}", "1 4")]
    [InlineData("{rating: {eq: null}}", "1")]
    [InlineData("{rating: {neq: 2}}", "1 3 4")]
    [InlineData("{rating: {gt: 2}}", "3 4")]
    [InlineData("{rating: {ngt: 2}}", "1 2")]
    [InlineData("{rating: {gte: 3}}", "3 4")]
    [InlineData("{rating: {ngte: 3}}", "1 2")]
    [InlineData("{rating: {lt: 3}}", "2")]
    [InlineData("{rating: {nlt: 3}}", "1 3 4")]
    [InlineData("{rating: {lte: 3}}", "2 3")]
    [InlineData("{rating: {nlte: 3}}", "1 4")]
    [InlineData("{rating: {gt: null}}", "")]
    [InlineData("{rating: {ngt: null}}", "1 2 3 4")]
    [InlineData("{rating: {gt: 2, lt: 4}}", "3")]
    [InlineData("{rating: {nin: [2, 3]}}", "1 4")]
    [InlineData("{readAt: {gte: \"2026-01-03T01:00:00+01:00\"}}", "3 4")]
    [InlineData("{readAt: {ngte: \"2026-01-03T00:00:00Z\"}}", "1 2")]
    [InlineData("{publishedAt: {lt: \"2026-01-03T00:00:00Z\"}}", "1 2")]
    [InlineData("{readAt: {in: [\"2026-01-02T00:00:00Z\", null]}}", "1 2")]
    [InlineData("{genre: {eq: NON_FICTION}}", "2")]
    [InlineData("{genre: {neq: NOVEL}}", "2 3")]
    [InlineData("{genre: {in: [NOVEL, POETRY]}}", "1 3 4")]
    [InlineData("{genre: {nin: [NOVEL]}}", "2 3")]
    [InlineData("{secondGenre: {eq: null}}", "1 4")]
    [InlineData("{secondGenre: {neq: POETRY}}", "1 3 4")]
    [InlineData("{secondGenre: {nin: [POETRY]}}", "1 3 4")]
    [InlineData("{lent: {eq: true}}", "1 4")]
    [InlineData("{lent: {neq: true}}", "2 3")]
    [InlineData("{lent: {eq: null}}", "")]
    [InlineData("{lent: {eq: true}, rating: {gt: 1}}", "4")]
    [InlineData("{or: [{lent: {eq: false}}, {title: {eq: \"Alpha\"}}], and: [{pages: {gt: 10}}]}", "2 3")]
    public async Task A_filter_finds(string where, string expected)
    {
        var answer = await engine.AskAsync($"{{ books(where: {where}) {{ nodes {{ id }} }} }}");

        Assert.False(answer.TryGetProperty("errors", out var errors), errors.ToString());
        var nodes = answer.GetProperty("data").GetProperty("books").GetProperty("nodes").EnumerateArray();
        Assert.Equal(expected, string.Join(' ', nodes.Select(node => node.GetProperty("id").GetInt64())));
    }

    private static DateTime At(int day) => new(2026, 1, day, 0, 0, 0, DateTimeKind.Utc);

    private static Book Book(
        int id,
        string title,
        string? subtitle,
        int? rating,
        DateTime? readAt,
        Genre genre,
        Genre? second,
        bool lent
    ) =>
        new()
        {
            Id = id,
            Title = title,
            Subtitle = subtitle,
            Pages = id * 10,
            Rating = rating,
            PublishedAt = At(id),
            ReadAt = readAt,
            Genre = genre,
            SecondGenre = second,
            Lent = lent,
        };

    public sealed class Books : IDisposable
    {
        public Books() =>
            Engine.Library.Add(
                Book(1, "Alpha", subtitle: null, rating: null, readAt: null, Genre.Novel, second: null, lent: true),
                Book(2, "alphabet", "50% off", 2, At(2), Genre.NonFiction, Genre.Poetry, lent: false),
                Book(3, "beta", "under_score", 3, At(3), Genre.Poetry, Genre.Novel, lent: false),
                Book(4, "👋 wave", "a\\b", 4, At(4), Genre.Novel, second: null, lent: true)
            );

        public TestEngine Engine { get; } = new();

        public void Dispose() => Engine.Dispose();
    }
}
