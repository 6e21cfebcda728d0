using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class ScalarTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly TestEngine engine = shared.Engine;

    [Theory]
    [InlineData("2026-11-23T09:30:00.123Z", "2026-11-23T09:30:00.123Z")]
    [InlineData("2026-11-23T09:30:00Z", "2026-11-23T09:30:00.000Z")]
    [InlineData("2026-11-23T09:30:00.123456Z", "2026-11-23T09:30:00.1234560Z")]
    [InlineData("2026-11-23T09:30:00.1234569Z", "2026-11-23T09:30:00.1234560Z")]
    [InlineData("2026-11-23T09:30:00.123456789+00:00", "2026-11-23T09:30:00.1234560Z")]
    [InlineData("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.9999990Z")]
    [InlineData("2026-11-23T09:30:00+02:00", "2026-11-23T07:30:00.000Z")]
    [InlineData("2026-11-23t09:30:00-05:30", "2026-11-23T15:00:00.000Z")]
    public async Task An_instant_of_any_offset_becomes_UTC_in_whole_microseconds(string given, string expected)
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
    [InlineData("\"2026-11-23T09:30:00.1234567890Z\"")]
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
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("[-9223372036854775808,9223372036854775807]", "[-9223372036854775808,9223372036854775807]")]
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

    [Theory]
    [InlineData("{b:1e2,a:[100.0,-0.0,1e308]}", """{"b":1e2,"a":[100.0,-0.0,1e308]}""", "[100,0,1E308]")]
    [InlineData("{bb:1,a:2}", """{"bb":1,"a":2}""", "{a,bb}")]
    public async Task JSON_has_one_form_however_it_is_written(string literal, string variable, string form)
    {
        var fromLiteral = await engine.AskAsync($$"""{ json(value: {{literal}}) }""");
        var fromVariable = await engine.AskAsync("query($v: JSON) { json(value: $v) }", $$"""{"v":{{variable}}}""");

        var json = fromLiteral.GetProperty("data").GetProperty("json").GetRawText();
        Assert.Equal(json, fromVariable.GetProperty("data").GetProperty("json").GetRawText());
        Assert.Equal(
            form == "{a,bb}" ? """{"a":2,"bb":1}""" : $$"""{"a":[100,0,1{{new string('0', 308)}}],"b":100}""",
            json
        );
    }

    [Theory]
    [InlineData("{a:[1,{b:1e400}]}", """{"a":[1,{"b":1e400}]}""", "$.a[1].b: the number is beyond the range")]
    [InlineData("{a:1e-400}", """{"a":1e-400}""", "$.a: the number is closer to zero")]
    [InlineData("[18446744073709551615]", "[18446744073709551615]", "$[0]: the integer is beyond 64 bits")]
    [InlineData("[\"\\u0000\"]", "[\"\\u0000\"]", "$[0]: the text holds U+0000")]
    [InlineData("{a:1,a:2}", null, "only one input field named a")]
    public async Task JSON_that_cannot_be_kept_is_refused_with_its_place(
        string literal,
        string? variable,
        string reason
    )
    {
        AssertRefused(await engine.AskAsync($$"""{ json(value: {{literal}}) }"""));
        if (variable is not null)
        {
            AssertRefused(await engine.AskAsync("query($v: JSON) { json(value: $v) }", $$"""{"v":{{variable}}}"""));
        }

        void AssertRefused(System.Text.Json.JsonElement answer)
        {
            var error = answer.GetProperty("errors")[0];
            Assert.Contains(reason, error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.NotEqual("INTERNAL_ERROR", error.GetProperty("extensions").GetProperty("code").GetString());
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    public async Task JSON_nests_64_levels_as_literal_and_as_variable(string open, string close)
    {
        Assert.Null(await CodeAsync(64));
        Assert.Equal("INVALID_VALUE", await CodeAsync(65));

        async Task<string?> CodeAsync(int levels)
        {
            var value =
                string.Concat(Enumerable.Repeat(open, levels)) + "0" + string.Concat(Enumerable.Repeat(close, levels));
            var variable = value.Replace("a", "\"a\"", StringComparison.Ordinal);
            var literal = CodeOf(await engine.AskAsync($$"""{ json(value: {{value}}) }"""));
            Assert.Equal(
                literal,
                CodeOf(await engine.AskAsync("query($v: JSON) { json(value: $v) }", $$"""{"v":{{variable}}}"""))
            );
            return literal;
        }

        static string? CodeOf(System.Text.Json.JsonElement answer) =>
            answer.TryGetProperty("errors", out var errors)
                ? errors[0].GetProperty("extensions").GetProperty("code").GetString()
                : null;
    }

    [Theory]
    [InlineData("number(value: ")]
    [InlineData("json(value: ")]
    [InlineData("text(value: ")]
    public async Task A_number_of_very_many_digits_is_refused_at_once(string field)
    {
        var digits = new string('9', 30_000);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal("INVALID_VALUE", await engine.CodeOfAsync($$"""{ {{field}}{{digits}}) }"""));
        Assert.Equal("INVALID_VALUE", await engine.CodeOfAsync($$"""{ {{field}}[0.{{digits}}]) }"""));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
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
