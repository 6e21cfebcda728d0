using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine.Paging;

public sealed class ConnectionTests : IDisposable
{
    private readonly TestEngine engine = new();

    public ConnectionTests() =>
        engine.Library.Add([
            .. Enumerable
                .Range(1, 5)
                .Select(id => new Book
                {
                    Id = id,
                    Title = $"title {id % 2}",
                    ReadAt = id == 3 ? null : new DateTime(2026, 1, id, 0, 0, 0, DateTimeKind.Utc),
                }),
        ]);

    [Fact]
    public async Task A_connection_gives_rows_edges_page_and_count()
    {
        var answer = await engine.AskAsync(
            """
            {
              books(first: 2, order: [{ title: DESC }, { readAt: ASC }]) {
                nodes { id } edges { cursor node { id } } totalCount
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
              }
            }
            """
        );

        var books = answer.GetProperty("data").GetProperty("books");
        Assert.Equal("""[{"id":3},{"id":1}]""", books.GetProperty("nodes").GetRawText());
        Assert.Equal(5, books.GetProperty("totalCount").GetInt32());
        var info = books.GetProperty("pageInfo");
        Assert.True(info.GetProperty("hasNextPage").GetBoolean());
        Assert.False(info.GetProperty("hasPreviousPage").GetBoolean());
        var cursors = books
            .GetProperty("edges")
            .EnumerateArray()
            .Select(edge => edge.GetProperty("cursor").GetString());
        Assert.Equal([info.GetProperty("startCursor").GetString(), info.GetProperty("endCursor").GetString()], cursors);
    }

    [Fact]
    public async Task What_is_not_asked_for_is_not_counted()
    {
        engine.Library.Statements.Clear();

        await engine.AskAsync("{ books(first: 2) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }");

        Assert.Single(engine.Library.Statements);
    }

    [Theory]
    [InlineData("first: 1, last: 1", "INVALID_PAGING")]
    [InlineData("first: -1", "INVALID_PAGING")]
    [InlineData("first: 501", "INVALID_PAGING")]
    [InlineData("first: 1, after: \"x\"", "INVALID_CURSOR")]
    public async Task A_wrong_page_is_refused_with_a_code(string arguments, string code) =>
        Assert.Equal(code, await engine.CodeOfAsync($"{{ books({arguments}) {{ nodes {{ id }} }} }}"));

    public void Dispose() => engine.Dispose();
}
