using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

/// <summary>String literals as the specification of September 2025 reads them.</summary>
public sealed class UnicodeEscapeTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    [Theory]
    [InlineData("""\u{1F600}""", "😀")]
    [InlineData("""\u{00001F600}!""", "😀!")]
    [InlineData("""\uD83D\uDE00""", "😀")]
    [InlineData("""a\u{62}\u0063\u{1f600}d""", "abc😀d")]
    [InlineData("""\u{22}\u{5C}\u{A}\u{9}""", "\"\\\n\t")]
    [InlineData("""\u{1}\u{1F}\u{7F}""", "\u0001\u001f\u007f")]
    [InlineData("""\u{10FFFF}\u{D7FF}\u{E000}""", "\U0010FFFF\uD7FF\uE000")]
    [InlineData("""\\u{1F600} \" \\""", "\\u{1F600} \" \\")]
    [InlineData("""\u{41}#\u{42}""", "A#B")]
    public async Task An_escape_is_the_character_that_it_names(string literal, string text)
    {
        Assert.Equal(text, await EchoAsync($"\"{literal}\""));
    }

    [Fact]
    public async Task A_block_string_has_no_escapes()
    {
        Assert.Equal("""\u{1F600} \uD83D """ + "\"\"\"", await EchoAsync("\"\"\"\\u{1F600} \\uD83D \\\"\"\"\"\"\""));
    }

    [Theory]
    [InlineData("""\uD83D""")]
    [InlineData("""\uDE00""")]
    [InlineData("""\uDE00\uD83D""")]
    [InlineData("""\uD83Dx\uDE00""")]
    [InlineData("""\uD83D\u{DE00}""")]
    [InlineData("""\u{D83D}\u{DE00}""")]
    [InlineData("""\u{D800}""")]
    [InlineData("""\u{110000}""")]
    [InlineData("""\u{FFFFFFFFFFFF}""")]
    [InlineData("""\u{}""")]
    [InlineData("""\u{12""")]
    [InlineData("""\u{G}""")]
    [InlineData("""\u12""")]
    [InlineData("""\u{-1}""")]
    public async Task What_is_no_scalar_value_is_a_syntax_error_at_its_place(string literal)
    {
        var answer = await shared.Engine.AskAsync($"{{\n  a: text(value: \"ok\")\n  b: text(value: \"{literal}\")\n}}");

        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        Assert.Equal("SYNTAX_ERROR", error.At("extensions", "code").GetString());
        Assert.Equal(3, error.GetProperty("locations")[0].GetProperty("line").GetInt32());
        Assert.InRange(error.GetProperty("locations")[0].GetProperty("column").GetInt32(), 18, 24);
    }

    [Fact]
    public async Task Locations_behind_an_escape_stay_right()
    {
        const string Document = """{ a: text(value: "\u{1F600}\u{0000041}") nope(value: "\u{1F600}") } # "\u{1F600}""";

        var answer = await shared.Engine.AskAsync(Document);

        var at = answer.GetProperty("errors")[0].GetProperty("locations")[0];
        Assert.Equal(1, at.GetProperty("line").GetInt32());
        Assert.Equal(Document.IndexOf("nope", StringComparison.Ordinal) + 1, at.GetProperty("column").GetInt32());
    }

    private async Task<string?> EchoAsync(string literal)
    {
        var answer = await shared.Engine.AskAsync($"{{ text(value: {literal}) }}");
        Assert.False(answer.TryGetProperty("errors", out var errors), errors.ToString());
        return answer.At("data", "text").GetString();
    }
}
