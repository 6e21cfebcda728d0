using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class SchemaTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly TestEngine engine = shared.Engine;

    [Theory]
    [InlineData("NON_FICTION")]
    [InlineData("readAt: DateTime\n")]
    [InlineData("publishedAt: DateTime!")]
    [InlineData("totalCount: Int!")]
    [InlineData("hasNextPage: Boolean!")]
    [InlineData("nodes: [Book!]!")]
    [InlineData("nodes(ids: [ID!]!): [Node]!")]
    [InlineData("label: String\n")]
    [InlineData("words: [String!]!")]
    [InlineData("pieces(first: Int = 50): [Thing!]!")]
    [InlineData("count: Int = 7")]
    [InlineData("config: JSON\n")]
    [InlineData("patch: JSON!")]
    [InlineData("type Thing implements Node {")]
    [InlineData("type BadNameError implements Error {")]
    [InlineData("union RenameError = BadNameError | ThingNotFoundError")]
    [InlineData("errors: [RenameError!]\n")]
    [InlineData("in: [Genre!]")]
    [InlineData("scalar Long")]
    [InlineData("enum SortEnumType {")]
    public void The_schema_says(string line) => Assert.Contains(line, engine.Sdl, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"The books of the library.\"\n  books(")]
    [InlineData("\"A thing with an id and with itself inside.\"\ntype Thing")]
    [InlineData("\"Made up.\"\n  NOVEL")]
    [InlineData("\"An RFC 3339 instant in UTC, e.g. 2026-11-23T09:30:00.123Z.\"\nscalar DateTime")]
    [InlineData("\"The id; opaque to clients.\"\n  id: ID!\n  key: String!")]
    [InlineData("\"Is greater.\"\n  gt: Int")]
    public void Descriptions_come_from_the_code(string description) =>
        Assert.Contains(description, engine.Sdl, StringComparison.Ordinal);

    [Theory]
    [InlineData("StringOperationFilterInput")]
    [InlineData("IntOperationFilterInput")]
    [InlineData("DateTimeOperationFilterInput")]
    [InlineData("BooleanOperationFilterInput")]
    public void The_filters_are_those_of_the_contract(string name)
    {
        var fields = Contract[name];
        var start = engine.Sdl.IndexOf($"input {name} {{", StringComparison.Ordinal);
        var printed = engine
            .Sdl[start..engine.Sdl.IndexOf('}', start)]
            .Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Contains(": ", StringComparison.Ordinal) && line[0] != '"');

        Assert.Equal(fields.Order(StringComparer.Ordinal), printed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Introspection_as_the_usual_tools_ask_for_it_is_within_the_limits()
    {
        var answer = await engine.AskAsync(IntrospectionQuery.Text);

        Assert.False(answer.TryGetProperty("errors", out var errors), errors.ToString());
        Assert.NotEqual(0, answer.GetProperty("data").GetProperty("__schema").GetProperty("types").GetArrayLength());
    }

    private static readonly Dictionary<string, string[]> Contract = new(StringComparer.Ordinal)
    {
        ["StringOperationFilterInput"] =
        [
            "and: [StringOperationFilterInput!]",
            "or: [StringOperationFilterInput!]",
            "eq: String",
            "neq: String",
            "contains: String",
            "ncontains: String",
            "in: [String]",
            "nin: [String]",
            "startsWith: String",
            "nstartsWith: String",
            "endsWith: String",
            "nendsWith: String",
        ],
        ["IntOperationFilterInput"] = OrderedFields("Int"),
        ["DateTimeOperationFilterInput"] = OrderedFields("DateTime"),
        ["BooleanOperationFilterInput"] = ["eq: Boolean", "neq: Boolean"],
    };

    private static string[] OrderedFields(string type) =>
        [
            .. new[] { "eq", "neq", "gt", "ngt", "gte", "ngte", "lt", "nlt", "lte", "nlte" }.Select(name =>
                $"{name}: {type}"
            ),
            $"in: [{type}]",
            $"nin: [{type}]",
        ];
}
