using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;
using GraphQL.Execution;
using GraphQLParser.AST;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class ExecutorTests : IDisposable
{
    private readonly TestEngine engine = new();

    [Theory]
    [InlineData(
        """mutation { rename(input: { name: "one", patch: {} }) { thing { key } } }""",
        AllowedOperations.Query,
        OperationType.Mutation
    )]
    [InlineData("{ thing { id } }", AllowedOperations.Mutation, OperationType.Query)]
    [InlineData(
        "subscription { ticks(count: 1) { number } }",
        AllowedOperations.Query | AllowedOperations.Mutation,
        OperationType.Subscription
    )]
    public async Task An_operation_that_the_transport_may_not_carry_is_refused(
        string query,
        AllowedOperations allowed,
        OperationType kind
    )
    {
        var result = await engine.ExecuteAsync(query, allowed: allowed);

        var error = Assert.IsAssignableFrom<RequestError>(Assert.Single(result.Errors!));
        Assert.Equal("HTTP_METHOD_NOT_ALLOWED", error.Code);
        Assert.False(result.Executed);
        Assert.Equal(kind, result.Operation!.Operation);
    }

    [Fact]
    public async Task The_named_one_of_several_operations_is_executed()
    {
        var result = await engine.ExecuteAsync("query a { caller } query b { refusal }", operationName: "a");

        Assert.Equal("""{"data":{"caller":"ada"}}""", engine.Serialize(result).GetRawText());
    }

    [Theory]
    [InlineData("query a { caller } query b { caller }", null)]
    [InlineData("query a { caller }", "c")]
    [InlineData("fragment f on Thing { id }", null)]
    [InlineData("", null)]
    [InlineData("{ thing ", null)]
    [InlineData(null, null)]
    public async Task Without_one_operation_to_execute_nothing_is(string? query, string? operationName)
    {
        var result = await engine.ExecuteAsync(query, operationName: operationName);

        Assert.False(result.Executed);
        Assert.NotNull(Assert.Single(result.Errors!).Code);
        Assert.Empty(engine.Log.Entries);
    }

    [Fact]
    public async Task Aliases_keep_their_case()
    {
        var answer = await engine.AskAsync("{ Some_Name: caller }");

        Assert.Equal("ada", answer.GetProperty("data").GetProperty("Some_Name").GetString());
    }

    [Fact]
    public async Task A_caller_who_goes_cancels_the_operation()
    {
        using var cancellation = new CancellationTokenSource();
        var pending = engine.ExecuteAsync("{ slow }", cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Theory]
    [InlineData("one", """{"thing":{"key":"one"},"errors":null}""")]
    [InlineData("", """{"thing":null,"errors":[{"__typename":"BadNameError","message":"A name is not empty."}]}""")]
    [InlineData(
        "two",
        """{"thing":null,"errors":[{"__typename":"ThingNotFoundError","message":"There is no such thing.","name":"two"}]}"""
    )]
    public async Task A_payload_carries_the_thing_or_the_errors(string name, string expected)
    {
        var answer = await engine.AskAsync(
            $$"""
            mutation {
              rename(input: { name: "{{name}}", patch: {} }) {
                thing { key }
                errors { __typename ... on Error { message } ... on ThingNotFoundError { name } }
              }
            }
            """
        );

        Assert.Equal(expected, answer.GetProperty("data").GetProperty("rename").GetRawText());
    }

    [Theory]
    [InlineData("{}", "Count|null   7")]
    [InlineData("{name: null, ifVersion: null, config: null, count: null}", "Name|IfVersion|Config|Count|null   ")]
    [InlineData("{name: \"x\", config: {a: 1}}", "Name|Config|Count|x  {\"a\":1} 7")]
    public async Task An_input_object_tells_null_from_absent(string input, string expected)
    {
        var answer = await engine.AskAsync($$"""{ given(input: {{input}}) }""");

        var given = answer.GetProperty("data").GetProperty("given").EnumerateArray().Select(item => item.GetString());
        Assert.Equal(expected, string.Join('|', given));
    }

    public void Dispose() => engine.Dispose();
}
