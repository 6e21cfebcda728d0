using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>What Nitro (Banana Cake Pop) asks when somebody gives it the address of a service.</summary>
public sealed class NitroTests(ITestOutputHelper output)
{
    private const string Accepted =
        "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8, multipart/mixed, text/event-stream";

    // First it asks which parts of the introspection there are, and which directives.
    private const string Features = """
        query FeatureDetection {
          __schema { directives { name locations } }
          type: __type(name: "__Type") { fields { name args { name } } }
          field: __type(name: "__Field") { fields { name args { name } } }
          directive: __type(name: "__Directive") { fields { name args { name } } }
        }
        """;

    [Fact]
    public async Task It_learns_what_the_introspection_can_and_asks_for_that()
    {
        await using var host = await TwinHost.StartAsync(output);
        using var client = new HttpClient();
        var features = (await AskAsync(client, host, Features)).GetProperty("data");

        var isOneOf = Has(features, "type", "isOneOf") ? "isOneOf" : "";
        var deprecatedInput = HasArgument(features, "type", "inputFields") ? "(includeDeprecated: true)" : "";
        var deprecatedArguments = HasArgument(features, "field", "args") ? "(includeDeprecated: true)" : "";
        var isRepeatable = Has(features, "directive", "isRepeatable") ? "isRepeatable" : "";
        var schema = await AskAsync(
            client,
            host,
            $$"""
            query IntrospectionQuery {
              __schema {
                queryType { name } mutationType { name } subscriptionType { name }
                types {
                  kind name {{isOneOf}}
                  fields(includeDeprecated: true) { name args{{deprecatedArguments}} { name type { kind } } isDeprecated }
                  inputFields{{deprecatedInput}} { name defaultValue }
                  enumValues(includeDeprecated: true) { name deprecationReason }
                }
                directives { name {{isRepeatable}} locations }
              }
            }
            """
        );

        Assert.Equal("isOneOf", isOneOf);
        Assert.All([deprecatedInput, deprecatedArguments], asked => Assert.NotEmpty(asked));
        var types = schema.GetProperty("data").GetProperty("__schema").GetProperty("types").EnumerateArray();
        Assert.Contains(types, type => type.GetProperty("name").GetString() == "Device");
        // Nothing is deferred here, and it does not offer to.
        Assert.DoesNotContain(
            features.GetProperty("__schema").GetProperty("directives").EnumerateArray(),
            directive => directive.GetProperty("name").GetString() is "defer" or "stream"
        );
    }

    [Fact]
    public async Task The_plainest_introspection_is_answered_too()
    {
        await using var host = await TwinHost.StartAsync(output);
        using var client = new HttpClient();

        var schema = await AskAsync(client, host, Engine.IntrospectionQuery.Text);

        Assert.False(schema.TryGetProperty("errors", out _), schema.GetRawText());
    }

    [Fact]
    public async Task Its_subscriptions_go_over_graphql_transport_ws()
    {
        await using var host = await TwinHost.StartAsync(output);
        var subscription = await host.SubscribeAsync(
            "subscription Pulse { heartbeats(organizationId: \"demo\") { deviceId __typename } }"
        );
        await host.ConnectDeviceAsync("d1");

        var heartbeat = (await subscription.NextAsync()).GetProperty("heartbeats");

        Assert.Equal("Heartbeat", heartbeat.GetProperty("__typename").GetString());
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, TwinHost host, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "graphql"))
        {
            Content = JsonContent.Create(new { query }),
        };
        Assert.True(request.Headers.TryAddWithoutValidation("Accept", Accepted));
        using var answer = await client.SendAsync(request);
        Assert.Equal(
            MediaTypeHeaderValue.Parse("application/graphql-response+json; charset=utf-8"),
            answer.Content.Headers.ContentType
        );
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static IEnumerable<JsonElement> Named(JsonElement features, string type, string field) =>
        features
            .GetProperty(type)
            .GetProperty("fields")
            .EnumerateArray()
            .Where(each => each.GetProperty("name").GetString() == field);

    private static bool Has(JsonElement features, string type, string field) => Named(features, type, field).Any();

    private static bool HasArgument(JsonElement features, string type, string field) =>
        Named(features, type, field)
            .Single()
            .GetProperty("args")
            .EnumerateArray()
            .Any(argument => argument.GetProperty("name").GetString() == "includeDeprecated");
}
