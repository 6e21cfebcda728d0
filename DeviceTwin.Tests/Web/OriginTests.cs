using System.Net;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.GraphQL.Transport;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.Web;

public sealed class OriginTests
{
    private const string Friend = "https://fleet.example.org";
    private const string Stranger = "https://elsewhere.example";
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    [Fact]
    public async Task Without_named_origins_no_page_of_another_site_is_let_in()
    {
        await using var door = await DoorHost.StartAsync();

        using var preflight = await PreflightAsync(door, Friend);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
        Assert.False(preflight.Headers.Contains(AllowOrigin));
        Assert.Equal(HttpStatusCode.Forbidden, await door.RefusedUpgradeAsync(Friend));
        await door.AssertAnswersAsync();
    }

    [Fact]
    public async Task A_page_of_a_named_origin_may_ask_and_open_sockets_and_another_may_not()
    {
        await using var door = await StartAsync(http => http.CorsOrigins = $"http://localhost:3000, {Friend}");

        using var friend = await PreflightAsync(door, Friend);
        using var stranger = await PreflightAsync(door, Stranger);
        using var socket = await SocketClient.OpenAsync(door.Address, origin: Friend);
        using var own = await SocketClient.OpenAsync(door.Address, origin: $"http://{door.Address.Authority}");
        using var application = await SocketClient.OpenAsync(door.Address);

        Assert.Equal([Friend], friend.Headers.GetValues(AllowOrigin));
        Assert.Contains("content-type", string.Join(',', friend.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.False(stranger.Headers.Contains(AllowOrigin));
        Assert.Equal(HttpStatusCode.Forbidden, await door.RefusedUpgradeAsync(Stranger));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_POST_that_any_page_could_send_without_asking_is_refused(string type)
    {
        await using var door = await StartAsync(http => http.CorsOrigins = Friend);
        using var content = new StringContent("""{"query":"{__typename}"}""");
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await door.Http.PostAsync(new Uri("/graphql", UriKind.Relative), content);

        await AssertErrorAsync(answer, HttpStatusCode.BadRequest, "CSRF_PREFLIGHT_REQUIRED");
        await door.AssertAnswersAsync();
    }

    [Theory]
    [InlineData("/graphql?query={__typename}", HttpStatusCode.OK)]
    [InlineData("/graphql?query={nope}", HttpStatusCode.BadRequest)]
    [InlineData("/graphql/schema.graphql", HttpStatusCode.OK)]
    [InlineData("/healthz/live", HttpStatusCode.OK)]
    [InlineData("/no/such/path", HttpStatusCode.NotFound)]
    [InlineData("/graphql/%2e%2e/%2e%2e/etc/passwd", HttpStatusCode.NotFound)]
    public async Task Every_answer_tells_browsers_to_do_nothing_else_with_it(string path, HttpStatusCode status)
    {
        await using var door = await DoorHost.StartAsync();

        using var answer = await door.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, answer.StatusCode);
        AssertSecure(answer);
    }

    [Fact]
    public async Task A_page_that_is_text_alone_may_load_nothing()
    {
        await using var door = await DoorHost.StartAsync(settings => settings.GraphQL.Ide = false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/graphql");
        request.Headers.Add("Accept", "text/html");

        using var answer = await door.Http.SendAsync(request);

        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        AssertSecure(answer);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/graphql")]
    public async Task The_pages_run_scripts_of_the_service_alone_and_cannot_be_put_into_a_frame(string path)
    {
        await using var door = await DoorHost.StartAsync();

        var policy = await PolicyOfAsync();

        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        // What styles have to carry cannot be guessed from another answer.
        Assert.Equal(path == "/", policy != await PolicyOfAsync());

        async Task<string> PolicyOfAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept", "text/html");
            using var answer = await door.Http.SendAsync(request);
            return Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        }
    }

    [Theory]
    [InlineData("rebound.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:1", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    public async Task On_loopback_without_authentication_a_name_that_was_pointed_here_is_not_answered(
        string host,
        HttpStatusCode status
    )
    {
        await using var door = await DoorHost.StartAsync();

        Assert.Equal(status, await AskAsAsync(door, host));
    }

    [Fact]
    public async Task The_service_answers_to_the_names_that_it_is_given()
    {
        await using var door = await StartAsync(http => http.Hosts = "twin.example.org, other.example.org");

        Assert.Equal(HttpStatusCode.OK, await AskAsAsync(door, "Twin.example.org:8443"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsAsync(door, "twin.example.com"));
    }

    private static void AssertSecure(HttpResponseMessage answer)
    {
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
        Assert.Equal(["same-origin"], answer.Headers.GetValues("Cross-Origin-Opener-Policy"));
        Assert.Equal(["same-origin"], answer.Headers.GetValues("Cross-Origin-Resource-Policy"));
        Assert.Equal(
            ["default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"],
            answer.Headers.GetValues("Content-Security-Policy")
        );
        Assert.False(answer.Headers.Contains("Server"));
    }

    private static Task<DoorHost> StartAsync(Action<HttpSettings> configure) =>
        DoorHost.StartAsync(settings => configure(settings.Http));

    private static async Task<HttpStatusCode> AskAsAsync(DoorHost door, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/graphql?query={__typename}");
        request.Headers.Host = host;
        using var answer = await door.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> PreflightAsync(DoorHost door, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/graphql");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type,authorization");
        return await door.Http.SendAsync(request);
    }
}
