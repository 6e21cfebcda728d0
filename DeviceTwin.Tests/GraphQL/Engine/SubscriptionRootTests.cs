using System.Text.Json;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

/// <summary>The specification's rule Single Root Field: what may stand at the root of a subscription.</summary>
public sealed class SubscriptionRootTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private const string Field = "ticks(count: 1) { number }";

    [Theory]
    [InlineData("subscription { ticks(count: 1) @skip(if: true) { number } }")]
    [InlineData("subscription { ticks(count: 1) @skip(if: false) { number } }")]
    [InlineData("subscription { ticks(count: 1) @include(if: false) { number } }")]
    [InlineData("subscription { ticks(count: 1) @include(if: true) { number } }")]
    [InlineData("subscription($no: Boolean = false) { ticks(count: 1) @include(if: $no) { number } }")]
    [InlineData("subscription($yes: Boolean!) { ticks(count: 1) @skip(if: $yes) { number } }")]
    [InlineData("subscription { ... @include(if: false) { " + Field + " } }")]
    [InlineData("subscription { ... on Subscription @skip(if: true) { " + Field + " } }")]
    [InlineData("subscription { ... { ... { ticks(count: 1) @skip(if: true) { number } } } }")]
    [InlineData("subscription { ...f @include(if: false) } fragment f on Subscription { " + Field + " }")]
    [InlineData("subscription { ...f } fragment f on Subscription { ticks(count: 1) @skip(if: true) { number } }")]
    [InlineData(
        "subscription { ...f } fragment f on Subscription { ...g @skip(if: true) } fragment g on Subscription { "
            + Field
            + " }"
    )]
    [InlineData("subscription { a: ticks(count: 1) { number } b: ticks(count: 1) { number } }")]
    [InlineData(
        "subscription { a: ticks(count: 1) { number } ...f } fragment f on Subscription { breaking { number } }"
    )]
    [InlineData("subscription { __typename }")]
    [InlineData("subscription { ... { __typename } }")]
    public async Task A_root_that_may_select_no_field_or_several_is_refused(string query)
    {
        var result = await shared.Engine.ExecuteAsync(query, """{"yes": true}""");

        Assert.False(result.Executed);
        Assert.Null(result.Streams);
        var errors = shared.Engine.Serialize(result).GetProperty("errors");
        Assert.All(errors.EnumerateArray(), error => Assert.Equal("SINGLE_ROOT_FIELD_SUBSCRIPTIONS", CodeOf(error)));
        Assert.True(errors[0].GetProperty("locations").GetArrayLength() > 0);
    }

    [Theory]
    [InlineData("subscription { ticks(count: 1) { number @skip(if: true) thing { id } } }")]
    [InlineData("subscription { ...f } fragment f on Subscription { ... { " + Field + " } }")]
    [InlineData("subscription { " + Field + " ...f } fragment f on Subscription { " + Field + " }")]
    public async Task Below_the_root_and_without_conditions_all_is_allowed(string query)
    {
        var result = await shared.Engine.ExecuteAsync(query);

        Assert.Null(result.Errors);
        Assert.NotNull(result.Streams);
    }

    private static string? CodeOf(JsonElement error) => error.At("extensions", "code").GetString();
}
