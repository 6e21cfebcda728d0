using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.GraphQL.Transport;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>How callers show who they are at each door, and what those get who don't.</summary>
public sealed class DoorTests(ITestOutputHelper output, DoorTests.Shared shared)
    : IClassFixture<DoorTests.Shared>,
        IAsyncLifetime
{
    private const string Question = "{ organizations { id } }";
    private const string Heartbeats = "subscription { heartbeats(organizationId: \"demo\") { deviceId } }";
    private static readonly string Known = SecureHost.SecretOf("ann");

    public Task InitializeAsync() => Task.CompletedTask;

    // Whatever a test has sent.
    public Task DisposeAsync() => shared.Host.AssertAnswersAsync(Known);

    public static TheoryData<string?, string> Refused { get; } =
        new()
        {
            { null, "there is no token" },
            { "", "is not Bearer" },
            { "Bearer", "is not Bearer" },
            { "Bearer ", "is not Bearer" },
            { "Basic YW5uOnNlY3JldA==", "is not Bearer" },
            { "Bearer garbage", "not known" },
            { "Bearer dtt_ann2", "not known" },
            { "Bearer dtt_an", "not known" },
            { Known, "is not Bearer" },
            { "Bearer " + new string('x', 10_000), "too long" },
        };

    [Theory, MemberData(nameof(Refused))]
    public async Task Who_shows_no_token_that_is_known_gets_401_in_the_shape_of_GraphQL(
        string? authorization,
        string reason
    )
    {
        var host = shared.Host;

        using var response = await host.PostAsync(authorization, Question);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("AUTH_NOT_AUTHENTICATED", SecureHost.CodeOf(answer));
        Assert.Contains(reason, answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_opens_the_door_over_HTTP_whatever_the_case_of_its_scheme()
    {
        var host = shared.Host;

        using var answer = await host.PostAsync("bearer " + Known, Question);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_refused_even_when_one_is_right()
    {
        var host = shared.Host;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "graphql?query={__typename}"));
        request.Headers.TryAddWithoutValidation("Authorization", ["Bearer " + Known, "Bearer other"]);

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("graphql")]
    [InlineData("graphql?sdl")]
    [InlineData("graphql/schema.graphql")]
    [InlineData("nowhere")]
    public async Task Every_page_asks_for_a_token_also_where_none_is(string path)
    {
        var host = shared.Host;

        using var answer = await host.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("healthz/live")]
    [InlineData("healthz/ready")]
    public async Task Health_is_open_to_all(string path)
    {
        var host = shared.Host;

        using var answer = await host.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("graphql/schema.graphql")]
    [InlineData("graphql?query={__typename}")]
    public async Task A_request_that_only_looks_like_a_WebSocket_is_asked_as_well(string path)
    {
        var host = shared.Host;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, path));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("authorization")]
    [InlineData("AUTHORIZATION")]
    public async Task A_socket_shows_its_token_in_connection_init(string key)
    {
        var host = shared.Host;
        using var client = await SocketClient.OpenAsync(host.Address);

        await client.InitialiseAsync(SecureHost.Init(Known, key));

        await client.SubscribeAsync("1", Question);
        Assert.Equal("next", (await client.ReceiveMessageAsync()).Type);
    }

    [Fact]
    public async Task A_socket_shows_its_token_in_the_header()
    {
        var host = shared.Host;
        using var client = await SocketClient.OpenAsync(host.Address, header: ("Authorization", "Bearer " + Known));

        await client.InitialiseAsync();

        await client.SubscribeAsync("1", Question);
        Assert.Equal("next", (await client.ReceiveMessageAsync()).Type);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Authorization":"Bearer garbage"}""")]
    [InlineData("""{"Authorization":"dtt_ann"}""")]
    [InlineData("""{"Authorization":7}""")]
    [InlineData("""{"Authorization":null}""")]
    [InlineData("""{"Authorization":["Bearer dtt_ann"]}""")]
    [InlineData("""{"Authorization":"Bearer dtt_ann","authorization":"Bearer dtt_ann"}""")]
    public async Task A_socket_without_a_token_that_is_known_is_closed_with_4401(string payload)
    {
        var host = shared.Host;
        using var client = await SocketClient.OpenAsync(host.Address);

        await client.SendAsync($$"""{"type":"connection_init","payload":{{payload}}}""");

        Assert.Equal((4401, "Unauthorized"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_wrong_header_does_not_open_a_socket()
    {
        var host = shared.Host;

        var refused = await Assert.ThrowsAsync<WebSocketException>(() =>
            SocketClient.OpenAsync(host.Address, header: ("Authorization", "Bearer garbage"))
        );

        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_stream_shows_its_token_in_the_header()
    {
        var host = shared.Host;

        using var refused = await host.PostAsync(null, Heartbeats, accept: "text/event-stream");
        using var taken = await host.PostAsync("Bearer " + Known, Heartbeats, accept: "text/event-stream");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal("text/event-stream", taken.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Failed_logins_are_counted_and_logged_at_a_limited_rate_and_no_token_ever_is()
    {
        await using var host = await StartAsync(output);
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await host.AskAsync("dtt_secret-of-an-attacker", Question);
        }

        var data = await host.DataAsync(Known, "{ service { loginsFailed denials } }");

        Assert.Equal(30, data.At("service", "loginsFailed").GetInt32());
        var told = host.Log.Lines.Count(line => line.Contains("the token is not known", StringComparison.Ordinal));
        Assert.InRange(told, 1, 29);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("dtt_", StringComparison.Ordinal));
    }

    private static Task<TwinHost> StartAsync(ITestOutputHelper? output) =>
        SecureHost.StartAsync(output, [SecureHost.Token("ann", Role.Viewer, "demo")]);

    /// <summary>A service for the tests that only knock.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        internal TwinHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await StartAsync(output: null);

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
