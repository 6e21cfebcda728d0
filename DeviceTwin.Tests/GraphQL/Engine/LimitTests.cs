using System.Text;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class LimitTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly TestEngine engine = shared.Engine;

    [Theory]
    [InlineData(22)]
    [InlineData(200)]
    public async Task Fragments_that_double_each_other_are_counted_not_expanded(int fragments)
    {
        var text = new StringBuilder("{ thing { ...f0 } }");
        for (var number = 0; number < fragments; number++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $" fragment f{number} on Thing {{ ...f{number + 1} ...f{number + 1} }}"
            );
        }
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $" fragment f{fragments} on Thing {{ id }}");

        Assert.Equal("TOO_MANY_NODES", await this.engine.CodeOfAsync(text.ToString()));
    }

    [Fact]
    public async Task A_bomb_in_fragments_that_nothing_uses_is_refused_too()
    {
        var text = new StringBuilder("{ thing { id } }");
        for (var number = 0; number < 30; number++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $" fragment f{number} on Thing {{ ...f{number + 1} ...f{number + 1} }}"
            );
        }
        text.Append(" fragment f30 on Thing { id }");

        Assert.Equal("TOO_MANY_NODES", await this.engine.CodeOfAsync(text.ToString()));
    }

    [Fact]
    public async Task A_field_3000_times_is_refused()
    {
        var text = string.Concat(Enumerable.Range(0, 3_000).Select(_ => "a{id}"));

        Assert.Equal("TOO_MANY_NODES", await this.engine.CodeOfAsync($"{{ thing {{ {text} }} }}"));
    }

    [Fact]
    public async Task Three_thousand_aliases_are_refused()
    {
        var text = string.Join(' ', Enumerable.Range(0, 3_000).Select(number => $"a{number}:id"));

        Assert.Equal("TOO_MANY_NODES", await this.engine.CodeOfAsync($"{{ thing {{ {text} }} }}"));
    }

    [Fact]
    public async Task A_document_of_182_kilobytes_is_refused()
    {
        var text = string.Concat(Enumerable.Repeat("thing { id } ", 14_000));

        Assert.Equal("DOCUMENT_TOO_LONG", await this.engine.CodeOfAsync($"{{ {text} }}"));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(50)]
    [InlineData(1_000)]
    public async Task Fields_that_nest_too_deeply_are_refused(int depth)
    {
        var text =
            $"{{ thing {string.Concat(Enumerable.Repeat("{ self ", depth))} {{ id }} {new string('}', depth)} }}";

        Assert.Equal("TOO_DEEP", await this.engine.CodeOfAsync(text));
    }

    [Fact]
    public async Task A_long_chain_of_fragments_is_refused_before_any_rule_recurses_through_it()
    {
        var text = new StringBuilder("{ thing { ...f0 } }");
        for (var number = 0; number < 800; number++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $" fragment f{number} on Thing {{ ...f{number + 1} }}"
            );
        }
        text.Append(" fragment f800 on Thing { id }");

        Assert.Equal("TOO_DEEP", await this.engine.CodeOfAsync(text.ToString()));
    }

    [Fact]
    public async Task Fragments_that_hold_themselves_are_refused()
    {
        var answer = await this.engine.AskAsync(
            "{ thing { ...a } } fragment a on Thing { ...b } fragment b on Thing { ...a self { ...b } }"
        );

        Assert.NotEqual(0, answer.GetProperty("errors").GetArrayLength());
        Assert.False(answer.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task Unknown_fields_by_the_thousand_give_a_short_list_of_errors()
    {
        using var engine = new TestEngine(limits =>
        {
            limits.DocumentLimit = 100_000;
            limits.Nodes = 10_000;
        });
        var text = string.Join(' ', Enumerable.Range(0, 5_000).Select(number => $"nope{number}"));

        var answer = await engine.AskAsync($"{{ thing {{ {text} }} }}");

        Assert.Equal(20, answer.GetProperty("errors").GetArrayLength());
        Assert.Equal(4_980, answer.GetProperty("extensions").GetProperty("errorsOmitted").GetInt32());
    }

    [Theory]
    [InlineData("{ thing { pieces(first: 500) { pieces(first: 500) { id } } } }", null)]
    [InlineData("query($n: Int) { thing { pieces(first: $n) { pieces(first: $n) { id } } } }", """{"n":500}""")]
    [InlineData("query($n: Int = 500) { thing { pieces(first: $n) { pieces(first: $n) { id } } } }", null)]
    [InlineData("{ thing { pieces(first: -5) { pieces(first: 99999) { pieces(first: 500) { id } } } } }", null)]
    [InlineData("query($n: Int) { thing { pieces(first: $n) { pieces(first: $n) { id } } } }", """{"n":"x"}""")]
    public async Task Pages_within_pages_multiply(string query, string? variables) =>
        Assert.Equal("TOO_COMPLEX", await this.engine.CodeOfAsync(query, variables));

    [Fact]
    public async Task Pages_that_are_small_enough_are_resolved()
    {
        var answer = await this.engine.AskAsync("{ thing { pieces(first: 20) { pieces(first: 20) { id } } } }");

        Assert.False(answer.TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task A_document_that_is_known_already_is_refused_with_variables_that_cost_too_much()
    {
        const string Query =
            "query($n: Int, $known: Int!) { thing { pieces(first: $n) { pieces(first: $known) { id } } } }";
        Assert.False((await this.engine.AskAsync(Query, """{"n":1,"known":1}""")).TryGetProperty("errors", out _));

        Assert.Equal("TOO_COMPLEX", await this.engine.CodeOfAsync(Query, """{"n":500,"known":500}"""));
        Assert.NotNull(await this.engine.CodeOfAsync(Query, """{"n":1}"""));
    }

    [Fact]
    public async Task Introspection_in_circles_is_refused()
    {
        var circles = string.Concat(Enumerable.Repeat("fields { type { ", 6));

        Assert.Equal(
            "TOO_COMPLEX",
            await this.engine.CodeOfAsync($"{{ __schema {{ types {{ {circles} name {new string('}', 12)} }} }} }}")
        );
    }

    [Fact]
    public async Task What_takes_too_long_is_given_up()
    {
        using var engine = new TestEngine(limits => limits.Timeout = TimeSpan.FromMilliseconds(100));

        var result = await engine.ExecuteAsync("{ slow }");

        Assert.False(result.Executed);
        Assert.Equal("TIMEOUT", Assert.Single(result.Errors!).Code);
    }
}
