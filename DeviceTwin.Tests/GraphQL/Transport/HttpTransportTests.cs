using System.Net;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Transport;
using Microsoft.Extensions.DependencyInjection;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.GraphQL.Transport;

public sealed class HttpTransportTests : IAsyncLifetime
{
    private const string Hello = """{"query":"{hello}"}""";
    private const string Modern = "application/graphql-response+json";
    private const string Legacy = "application/json";

    private TransportHost host = null!;

    public async Task InitializeAsync() => host = await TransportHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData(null, Modern)]
    [InlineData("*/*", Modern)]
    [InlineData("application/*", Modern)]
    [InlineData(Modern, Modern)]
    [InlineData(Legacy, Legacy)]
    [InlineData("application/json, application/graphql-response+json", Legacy)]
    [InlineData("application/json;q=0.5, application/graphql-response+json", Modern)]
    [InlineData("application/graphql-response+json;q=0, */*", Legacy)]
    [InlineData("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json", Legacy)]
    [InlineData("text/html, application/json;charset=utf-8", Legacy)]
    [InlineData("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", Modern)]
    public async Task The_answer_has_the_best_format_that_the_caller_takes(string? accept, string expected)
    {
        using HttpResponseMessage response = await host.PostAsync(Hello, accept);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"{expected}; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("""{"data":{"hello":"Hello world"}}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("multipart/mixed")]
    [InlineData("application/json;q=0")]
    [InlineData("application/json;charset=iso-8859-1")]
    public async Task A_caller_that_takes_no_format_of_ours_gets_406(string accept) =>
        await AssertErrorAsync(await host.PostAsync(Hello, accept), HttpStatusCode.NotAcceptable, "NOT_ACCEPTABLE");

    [Theory]
    [InlineData("{")]
    [InlineData("{nope}")]
    [InlineData("query Q($name: String!) {hello(name: $name)}")]
    public async Task A_request_that_cannot_be_executed_is_400_or_under_application_json_200(string query)
    {
        string body = JsonSerializer.Serialize(new { query });

        using HttpResponseMessage modern = await host.PostAsync(body, Modern);
        using HttpResponseMessage legacy = await host.PostAsync(body, Legacy);

        Assert.Equal(HttpStatusCode.BadRequest, modern.StatusCode);
        Assert.Equal(HttpStatusCode.OK, legacy.StatusCode);
        JsonElement answer = JsonElement.Parse(await modern.Content.ReadAsStringAsync());
        Assert.False(answer.TryGetProperty("data", out _));
        Assert.NotEmpty(answer.GetProperty("errors").EnumerateArray());
    }

    [Fact]
    public async Task A_field_that_fails_leaves_the_answer_a_200()
    {
        using HttpResponseMessage response = await host.PostAsync("""{"query":"{hello broken}"}""", Modern);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(
            "\"hello\":\"Hello world\"",
            await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("AUTH_NOT_AUTHENTICATED", HttpStatusCode.Unauthorized)]
    [InlineData("FORBIDDEN", HttpStatusCode.Forbidden)]
    [InlineData("DOCUMENT_TOO_DEEP", HttpStatusCode.BadRequest)]
    [InlineData("FORBIDDEN FORBIDDEN", HttpStatusCode.Forbidden)]
    [InlineData("FORBIDDEN DOCUMENT_TOO_DEEP", HttpStatusCode.BadRequest)]
    public async Task The_status_is_the_one_that_all_errors_agree_on(string codes, HttpStatusCode expected)
    {
        await using TransportHost refusing = await TransportHost.StartAsync(services: services =>
            services.AddSingleton<IRequestExecutor>(new RefusingExecutor(codes.Split(' ')))
        );

        using HttpResponseMessage modern = await refusing.PostAsync(Hello, Modern);
        using HttpResponseMessage legacy = await refusing.PostAsync(Hello, Legacy);

        Assert.Equal(expected, modern.StatusCode);
        Assert.Equal(HttpStatusCode.OK, legacy.StatusCode);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    public async Task Another_method_is_405_and_says_which_are_allowed(string method)
    {
        using HttpResponseMessage response = await host.SendAsync(new HttpMethod(method), "/graphql", null, null, null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD", "POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task GET_carries_a_query_with_its_variables_as_JSON_text()
    {
        string query = Uri.EscapeDataString("query A($n:String){hello(name:$n)} query B{hello}");
        string variables = Uri.EscapeDataString("""{"n":"you"}""");

        using HttpResponseMessage response = await host.GetAsync(
            $"/graphql?query={query}&operationName=A&variables={variables}&extensions="
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"data":{"hello":"Hello you"}}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?query=")]
    [InlineData("?query={hello}&query={hello}")]
    [InlineData("?query={hello}&variables=NONSENSE")]
    [InlineData("?query={hello}&variables=[7]")]
    [InlineData("?query={hello}&extensions=7")]
    public async Task A_GET_that_is_no_request_is_400(string parameters) =>
        await AssertErrorAsync(await host.GetAsync("/graphql" + parameters), HttpStatusCode.BadRequest, "BAD_REQUEST");

    [Theory]
    [InlineData(Modern)]
    [InlineData(Legacy)]
    [InlineData("text/event-stream")]
    public async Task A_mutation_by_GET_is_405_in_every_format(string accept)
    {
        HttpResponseMessage response = await host.GetAsync("/graphql?query=mutation{double(number:2)}", accept);

        Assert.Equal(["POST"], response.Content.Headers.Allow);
        await AssertErrorAsync(response, HttpStatusCode.MethodNotAllowed, "HTTP_METHOD_NOT_ALLOWED");
    }

    [Theory]
    [InlineData(Modern)]
    [InlineData(Legacy)]
    [InlineData("*/*")]
    public async Task A_subscription_that_asks_for_no_stream_is_told_how_to_get_one(string accept)
    {
        foreach (
            HttpResponseMessage response in (HttpResponseMessage[])
                [
                    await host.PostAsync("""{"query":"subscription{count(to:1)}"}""", accept),
                    await host.GetAsync("/graphql?query=subscription{count(to:1)}", accept),
                ]
        )
        {
            string message = await AssertErrorAsync(response, HttpStatusCode.NotAcceptable, "NOT_ACCEPTABLE");
            Assert.Contains("text/event-stream", message, StringComparison.Ordinal);
            Assert.Contains("graphql-transport-ws", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_batch_that_is_allowed_is_answered_in_order_and_bounded()
    {
        await using TransportHost batching = await TransportHost.StartAsync(settings => settings.Batch = 3);
        const string Good = """{"query":"mutation{double(number:2)}"}""";

        using HttpResponseMessage mixed = await batching.PostAsync($$"""[{{Good}},{"query":"{nope}"},{{Hello}}]""");
        using HttpResponseMessage bad = await batching.PostAsync("""[{"query":"{nope}"},{"query":"{"}]""");

        Assert.Equal(HttpStatusCode.OK, mixed.StatusCode);
        JsonElement[] answers = [.. JsonElement.Parse(await mixed.Content.ReadAsStringAsync()).EnumerateArray()];
        Assert.Equal("""{"data":{"double":4}}""", answers[0].GetRawText());
        Assert.False(answers[1].TryGetProperty("data", out _));
        Assert.Equal("""{"data":{"hello":"Hello world"}}""", answers[2].GetRawText());
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        foreach (string body in (string[])["[]", $"[{Hello},{Hello},{Hello},{Hello}]", "[7]"])
        {
            await AssertErrorAsync(await batching.PostAsync(body), HttpStatusCode.BadRequest, "BAD_REQUEST");
        }

        await AssertErrorAsync(
            await batching.PostAsync($"[{Hello}]", "text/event-stream"),
            HttpStatusCode.NotAcceptable,
            "NOT_ACCEPTABLE"
        );
    }

    [Theory]
    [InlineData("/graphql?sdl")]
    [InlineData("/graphql/schema.graphql")]
    public async Task The_schema_is_served_as_text(string path)
    {
        using HttpResponseMessage response = await host.GetAsync(path, "text/html,*/*");

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("type Query", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_gets_a_page_that_says_how_to_connect()
    {
        using HttpResponseMessage response = await host.GetAsync(
            "/graphql",
            "text/html,application/xml;q=0.9,*/*;q=0.8"
        );

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string page = await response.Content.ReadAsStringAsync();
        Assert.Contains("href=\"/graphql/schema.graphql\"", page, StringComparison.Ordinal);
        Assert.Contains($"ws://{host.Address.Authority}/graphql", page, StringComparison.Ordinal);
    }
}
