using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class ScalarTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly TestEngine engine = shared.Engine;

    [Theory]
    [InlineData("2026-11-23T09:30:00.123Z", "2026-11-23T09:30:00.123Z")]
    [InlineData("2026-11-23T09:30:00Z", "2026-11-23T09:30:00.000Z")]
    [InlineData("2026-11-23T09:30:00.1234567Z", "2026-11-23T09:30:00.1234567Z")]
    [InlineData("2026-11-23T09:30:00+02:00", "2026-11-23T07:30:00.000Z")]
    [InlineData("2026-11-23t09:30:00-05:30", "2026-11-23T15:00:00.000Z")]
    public async Task An_instant_of_any_offset_becomes_UTC(string given, string expected)
    {
        var literal = await engine.AskAsync($$"""{ instant(at: "{{given}}") }""");
        var variable = await engine.AskAsync("query($at: DateTime!) { instant(at: $at) }", $$"""{"at":"{{given}}"}""");

        Assert.Equal(expected, literal.GetProperty("data").GetProperty("instant").GetString());
        Assert.Equal(expected, variable.GetProperty("data").GetProperty("instant").GetString());
    }

    [Theory]
    [InlineData("\"2026-11-23T09:30:00\"")]
    [InlineData("\"2026-11-23\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-02-30T09:30:00Z\"")]
    [InlineData("12")]
    public async Task What_is_no_instant_is_refused(string given)
    {
        Assert.NotNull(await engine.CodeOfAsync($$"""{ instant(at: {{given}}) }"""));
        Assert.NotNull(
            await engine.CodeOfAsync("query($at: DateTime!) { instant(at: $at) }", $$"""{"at":{{given}}}""")
        );
    }

    [Theory]
    [InlineData("""{"a":{"b":[1,null,true,"x",{"c":[]}]},"d":0.5}""", """{a:{b:[1,null,true,"x",{c:[]}]},d:0.5}""")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("[-9223372036854775808,18446744073709551615]", "[-9223372036854775808,18446744073709551615]")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("null", "null")]
    [InlineData("false", "false")]
    [InlineData("{}", "{}")]
    public async Task JSON_comes_back_as_it_went_in(string json, string literal)
    {
        var fromLiteral = await engine.AskAsync($$"""{ json(value: {{literal}}) }""");
        var fromVariable = await engine.AskAsync("query($v: JSON) { json(value: $v) }", $$"""{"v":{{json}}}""");

        Assert.Equal(json, fromLiteral.GetProperty("data").GetProperty("json").GetRawText());
        Assert.Equal(json, fromVariable.GetProperty("data").GetProperty("json").GetRawText());
    }

    [Fact]
    public async Task A_required_JSON_value_is_not_null()
    {
        Assert.NotNull(
            await engine.CodeOfAsync("""mutation { rename(input: { name: "one", patch: null }) { thing { key } } }""")
        );
    }

    [Fact]
    public async Task JSON_that_nests_too_deeply_is_refused()
    {
        var deep = new string('[', 80) + new string(']', 80);

        Assert.NotNull(await engine.CodeOfAsync($$"""{ json(value: {{deep}}) }"""));
    }

    [Fact]
    public async Task JSON_has_no_enum_values_and_says_so()
    {
        var answer = await engine.AskAsync("{ json(value: { a: RED }) }");

        Assert.Contains(
            "JSON",
            answer.GetProperty("errors")[0].GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    public async Task A_long_has_64_bits(string number)
    {
        var answer = await engine.AskAsync($$"""{ number(value: {{number}}) }""");

        Assert.Equal(number, answer.GetProperty("data").GetProperty("number").GetRawText());
    }

    [Theory]
    [InlineData("a\\u0000b")]
    [InlineData("\\uD800")]
    public async Task Text_that_no_database_can_hold_is_refused(string escaped)
    {
        Assert.NotNull(await engine.CodeOfAsync($$"""{ text(value: "{{escaped}}") }"""));
        if (escaped != "\\uD800")
        {
            Assert.NotNull(
                await engine.CodeOfAsync("query($v: String!) { text(value: $v) }", $$"""{"v":"{{escaped}}"}""")
            );
        }
    }

    [Fact]
    public async Task Other_text_comes_back_as_it_went_in()
    {
        var answer = await engine.AskAsync("""{ text(value: "Grüße 👋 \u0001") }""");

        Assert.Equal("Grüße 👋 \u0001", answer.GetProperty("data").GetProperty("text").GetString());
    }
}
