using System.Globalization;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Engine;

/// <summary>The introspection as graphql-js writes it (getIntrospectionQuery), with each combination of its options.</summary>
[Collection(nameof(SeededFleets))]
public sealed class IntrospectionOptionsTests(SeededFleets fleets)
{
    private const int Options = 7;

    [Fact]
    public async Task Every_combination_of_options_is_answered_within_the_default_limits()
    {
        var host = (await fleets.OnAsync(StoreKind.Sqlite)).Host;
        for (var options = 0; options < 1 << Options; options++)
        {
            var answer = await host.SendAsync(Query(options));

            Assert.False(answer.TryGetProperty("errors", out var errors), $"{options:b}: {errors}");
            Assert.True(answer.At("data", "__schema", "types").GetArrayLength() > 50);
        }
    }

    [Fact]
    public async Task What_is_deprecated_is_listed_only_where_it_is_asked_for_and_types_say_all_they_can()
    {
        var host = (await fleets.OnAsync(StoreKind.Sqlite)).Host;

        var data = await host.QueryAsync(
            """
            {
              scalar: __type(name: "DateTime") { specifiedByURL isOneOf }
              input: __type(name: "DeviceSortInput") {
                isOneOf
                inputFields(includeDeprecated: true) { name isDeprecated deprecationReason }
              }
              query: __type(name: "Query") { fields(includeDeprecated: true) { args(includeDeprecated: true) { isDeprecated } } }
              __schema { description directives(includeDeprecated: true) { name isRepeatable isDeprecated args(includeDeprecated: true) { name } } }
            }
            """
        );

        Assert.Equal("""{"specifiedByURL":null,"isOneOf":null}""", data.GetProperty("scalar").GetRawText());
        Assert.False(data.At("input", "isOneOf").GetBoolean());
        Assert.All(
            data.At("__schema", "directives").EnumerateArray(),
            one => Assert.False(one.GetProperty("isDeprecated").GetBoolean())
        );
    }

    // As in graphql-js 16.15, utilities/getIntrospectionQuery.
    private static string Query(int options)
    {
        string If(int option, string text) => (options & (1 << option)) != 0 ? text : "";
        var description = If(0, "description");
        var input = If(4, "(includeDeprecated: true)");
        var ofType = string.Concat(Enumerable.Repeat(" ofType { name kind", 9)) + new string('}', 9);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            query IntrospectionQuery {
              __schema {
                {{If(3, description)}}
                queryType { name kind } mutationType { name kind } subscriptionType { name kind }
                types { ...FullType }
                directives{{If(5, "(includeDeprecated: true)")}} {
                  name {{description}} {{If(2, "isRepeatable")}} {{If(5, "isDeprecated deprecationReason")}} locations
                  args{{input}} { ...InputValue }
                }
              }
            }
            fragment FullType on __Type {
              kind name {{description}} {{If(1, "specifiedByURL")}} {{If(6, "isOneOf")}}
              fields(includeDeprecated: true) {
                name {{description}} args{{input}} { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
              }
              inputFields{{input}} { ...InputValue }
              interfaces { ...TypeRef }
              enumValues(includeDeprecated: true) { name {{description}} isDeprecated deprecationReason }
              possibleTypes { ...TypeRef }
            }
            fragment InputValue on __InputValue {
              name {{description}} type { ...TypeRef } defaultValue {{If(4, "isDeprecated deprecationReason")}}
            }
            fragment TypeRef on __Type { kind name{{ofType}} }
            """
        );
    }
}
