using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class NodeTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly TestEngine engine = shared.Engine;

    [Theory]
    [InlineData("acme", "a111")]
    [InlineData("with:colon", "and/slash %25")]
    [InlineData("grüße", "👋")]
    [InlineData("", "x")]
    public void An_id_gives_back_what_it_was_made_of(string first, string second)
    {
        Assert.True(GlobalId.TryDecode(GlobalId.Encode("Device", first, second), out var id));
        Assert.Equal("Device", id.TypeName);
        Assert.Equal([first, second], id.Parts);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("RGV2aWNl")] // Device
    [InlineData("OmE=")] // :a
    [InlineData("RGV2aWNlOv8=")] // Device:\xff
    [InlineData("RGV2aWNlOmEg")] // "Device:a ", whose space we would have escaped
    public void What_is_no_id_is_not_read(string? text) => Assert.False(GlobalId.TryDecode(text, out _));

    [Fact]
    public async Task A_node_is_found_by_its_id()
    {
        var answer = await engine.AskAsync(
            $$"""{ node(id: "{{GlobalId.Encode("Thing", "one")}}") { __typename id ... on Thing { key } } }"""
        );

        var node = answer.GetProperty("data").GetProperty("node");
        Assert.Equal("Thing", node.GetProperty("__typename").GetString());
        Assert.Equal("one", node.GetProperty("key").GetString());
    }

    [Fact]
    public async Task Nodes_come_in_the_order_of_their_ids_and_null_where_there_is_none()
    {
        string[] ids =
        [
            GlobalId.Encode("Thing", "b"),
            "garbage",
            GlobalId.Encode("Thing", "gone"),
            GlobalId.Encode("Nothing", "a"),
            GlobalId.Encode("Thing", "a"),
            GlobalId.Encode("Thing", "b"),
        ];
        var answer = await engine.AskAsync(
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Thing { key } } }",
            System.Text.Json.JsonSerializer.Serialize(new { ids })
        );

        Assert.Equal(
            """[{"key":"b"},null,null,null,{"key":"a"},{"key":"b"}]""",
            answer.GetProperty("data").GetProperty("nodes").GetRawText()
        );
    }

    [Fact]
    public async Task More_than_a_hundred_ids_are_refused()
    {
        var ids = Enumerable.Range(0, 101).Select(number => GlobalId.Encode("Thing", $"{number}"));

        Assert.Equal(
            "TOO_MANY_IDS",
            await engine.CodeOfAsync(
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                System.Text.Json.JsonSerializer.Serialize(new { ids })
            )
        );
    }
}
