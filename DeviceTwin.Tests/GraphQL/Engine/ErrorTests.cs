using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class ErrorTests : IDisposable
{
    private readonly TestEngine engine = new();

    [Fact]
    public async Task A_fault_of_ours_shows_an_id_that_is_in_the_log_and_nothing_else()
    {
        var answer = await engine.AskAsync("{ fault }");

        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        var extensions = error.GetProperty("extensions");
        Assert.Equal("Internal error", error.GetProperty("message").GetString());
        Assert.Equal("INTERNAL_ERROR", extensions.GetProperty("code").GetString());
        Assert.Equal(2, extensions.EnumerateObject().Count());
        Assert.DoesNotContain("secret", answer.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("INVALID_OPERATION", answer.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("fault", error.GetProperty("path")[0].GetString());

        var entry = Assert.Single(engine.Log.Entries);
        Assert.Contains(extensions.GetProperty("id").GetString()!, entry, StringComparison.Ordinal);
        Assert.Contains("the resolver's secret", entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_caller_shows_its_code_and_message_and_is_not_logged()
    {
        var answer = await engine.AskAsync("{ refusal caller }");

        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        Assert.Equal("Mend this.", error.GetProperty("message").GetString());
        Assert.Equal("SOME_CODE", error.GetProperty("extensions").GetProperty("code").GetString());
        Assert.Equal("ada", answer.GetProperty("data").GetProperty("caller").GetString());
        Assert.Empty(engine.Log.Entries);
    }

    [Theory]
    [InlineData("{ nope }", null, "FIELDS_ON_CORRECT_TYPE")]
    [InlineData("{ thing }", null, "SCALAR_LEAFS")]
    [InlineData("{ thing ", null, "SYNTAX_ERROR")]
    [InlineData("query($v: Long!) { number(value: $v) }", """{"v":"x"}""", "INVALID_VALUE")]
    [InlineData("query($v: DateTime!) { instant(at: $v) }", """{"v":"x"}""", "INVALID_VALUE")]
    [InlineData("{ instant(at: \"x\") }", null, "INVALID_VALUE")]
    public async Task GraphQLs_own_errors_keep_their_codes(string query, string? variables, string code) =>
        Assert.Equal(code, await engine.CodeOfAsync(query, variables));

    [Fact]
    public async Task An_invalid_instant_says_what_a_valid_one_looks_like()
    {
        var answer = await engine.AskAsync(
            "query($v: DateTime!) { instant(at: $v) }",
            """{"v":"2026-11-23T09:30:00"}"""
        );

        Assert.Contains(
            "RFC 3339",
            answer.GetProperty("errors")[0].GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => engine.Dispose();
}
