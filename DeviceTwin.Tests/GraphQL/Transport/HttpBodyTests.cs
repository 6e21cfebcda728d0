using System.Net;
using System.Text;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.GraphQL.Transport;

public sealed class HttpBodyTests : IAsyncLifetime
{
    private const string Hello = """{"query":"{hello}"}""";
    private const string Modern = "application/graphql-response+json";
    private const string Legacy = "application/json";

    private TransportHost host = null!;

    public async Task InitializeAsync() => host = await TransportHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("NONSENSE", "not valid JSON")]
    [InlineData("", "empty")]
    [InlineData("7", "JSON object")]
    [InlineData("{}", "`query`")]
    [InlineData("""{"qeury":"{hello}"}""", "`query`")]
    [InlineData("""{"query":7}""", "`query` has to be a string")]
    [InlineData("""{"query":"{hello}","operationName":7}""", "`operationName` has to be a string")]
    [InlineData("""{"query":"{hello}","variables":"{}"}""", "`variables` has to be an object")]
    [InlineData("""{"query":"{hello}","variables":[7]}""", "`variables` has to be an object")]
    [InlineData("""{"query":"{hello}","extensions":"x"}""", "`extensions` has to be an object")]
    [InlineData("""{"query":"{hello}","query":"{broken}"}""", "not valid JSON")]
    [InlineData("""{"query":"{hello}","variables":{"name":"\ud800"}}""", "surrogate")]
    [InlineData("[]", "graphql.batch")]
    [InlineData("""[{"query":"{hello}"}]""", "graphql.batch")]
    public async Task A_body_that_is_no_request_is_400_in_every_format_and_says_why(string body, string why)
    {
        foreach (string accept in (string[])[Modern, Legacy])
        {
            string message = await AssertErrorAsync(
                await host.PostAsync(body, accept),
                HttpStatusCode.BadRequest,
                "BAD_REQUEST"
            );
            Assert.Contains(why, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_that_is_not_UTF8_is_400()
    {
        byte[] body = [.. "{\"query\":\"{hello}\",\"operationName\":\""u8, 0xff, .. "\"}"u8];

        await AssertErrorAsync(
            await host.SendAsync(HttpMethod.Post, "/graphql", new ByteArrayContent(body), accept: null, Legacy),
            HttpStatusCode.BadRequest,
            "BAD_REQUEST"
        );
    }

    [Fact]
    public async Task Null_and_absent_are_the_same_and_variables_arrive()
    {
        using HttpResponseMessage nulls = await host.PostAsync(
            """{"query":"{hello}","operationName":null,"variables":null,"extensions":null}"""
        );
        using HttpResponseMessage named = await host.PostAsync(
            """{"query":"query A($n:String){hello(name:$n)} query B{hello}","operationName":"A","variables":{"n":"you"}}"""
        );

        Assert.Equal(HttpStatusCode.OK, nulls.StatusCode);
        Assert.Equal("""{"data":{"hello":"Hello you"}}""", await named.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_POST_that_a_browser_sends_for_any_site_needs_the_preflight_header_and_is_then_415(string? type)
    {
        await AssertErrorAsync(
            await host.PostAsync(Hello, contentType: type),
            HttpStatusCode.BadRequest,
            "CSRF_PREFLIGHT_REQUIRED"
        );
        await AssertErrorAsync(
            await host.PostAsync(Hello, accept: null, type, ("GraphQL-Preflight", " ")),
            HttpStatusCode.BadRequest,
            "CSRF_PREFLIGHT_REQUIRED"
        );
        foreach (string header in (string[])["GraphQL-Preflight", "GraphQL-Require-Preflight", "X-Requested-With"])
        {
            await AssertErrorAsync(
                await host.PostAsync(Hello, accept: null, type, (header, "1")),
                HttpStatusCode.UnsupportedMediaType,
                "UNSUPPORTED_MEDIA_TYPE"
            );
        }
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    public async Task A_body_of_another_type_or_encoding_is_415(string type) =>
        await AssertErrorAsync(
            await host.PostAsync(Hello, contentType: type),
            HttpStatusCode.UnsupportedMediaType,
            "UNSUPPORTED_MEDIA_TYPE"
        );

    [Theory]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON")]
    public async Task JSON_in_UTF8_is_read_however_it_is_written(string type)
    {
        using HttpResponseMessage response = await host.PostAsync(Hello, contentType: type);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413_also_when_its_length_is_not_announced(bool announced)
    {
        await using TransportHost small = await TransportHost.StartAsync(settings => settings.BodyLimit = 2000);
        string body = $$"""{"query":"{hello} #{{new string('x', 3000)}}"}""";
        HttpContent content = announced
            ? new StringContent(body)
            : new StreamContent(new UnannouncedStream(Encoding.UTF8.GetBytes(body)));
        content.Headers.ContentType = null;

        await AssertErrorAsync(
            await small.SendAsync(HttpMethod.Post, "/graphql", content, accept: null, Legacy),
            HttpStatusCode.RequestEntityTooLarge,
            "BODY_TOO_LARGE"
        );
    }

    /// <summary>A stream that does not tell its length, so that it is sent in chunks.</summary>
    private sealed class UnannouncedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
