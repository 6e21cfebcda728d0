using System.Net;
using System.Net.Sockets;
using System.Text;
using DeviceTwin.Tests.GraphQL.Transport;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.Web;

public sealed class HostileRequestTests : IAsyncLifetime
{
    private const int Levels = 10_000;
    private DoorHost door = null!;

    private static string Nested => new string('[', Levels) + new string(']', Levels);

    public async Task InitializeAsync() =>
        door = await DoorHost.StartAsync(settings =>
            (settings.Http.HeaderTimeout, settings.GraphQL.SocketInit) = (
                TimeSpan.FromMilliseconds(500),
                // Long enough for who does initialise on a busy machine.
                TimeSpan.FromSeconds(3)
            )
        );

    public async Task DisposeAsync()
    {
        await door.AssertAnswersAsync();
        await door.DisposeAsync();
    }

    [Fact]
    public async Task A_body_of_10000_levels_is_400() => await AssertTooDeepAsync(Nested);

    [Theory]
    [InlineData("variables")]
    [InlineData("extensions")]
    public async Task Variables_of_10000_levels_are_400(string where) =>
        await AssertTooDeepAsync($$"""{"query":"{__typename}","{{where}}":{"a":{{Nested}} } }""");

    [Fact]
    public async Task Variables_of_a_thousand_levels_in_a_URL_are_400()
    {
        var deep = new string('[', 1_000) + new string(']', 1_000);
        var answer = await door.Http.GetAsync(
            new Uri($"/graphql?query={{__typename}}&variables={{\"a\":{deep}}}", UriKind.Relative)
        );

        await AssertErrorAsync(answer, HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    [Fact]
    public async Task A_document_whose_literals_nest_10000_levels_is_400() =>
        await AssertErrorAsync(
            await door.AskAsync($"{{nodes(ids:{Nested}){{id}}}}"),
            HttpStatusCode.BadRequest,
            "TOO_DEEP"
        );

    [Fact]
    public async Task A_message_of_10000_levels_closes_its_socket_with_4400()
    {
        using var client = await door.OpenSocketAsync();
        await client.SendAsync($$"""{"type":"ping","payload":{"a":{{Nested}} } }""");

        Assert.Equal(4400, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Headers_of_100_KB_are_431() =>
        Assert.StartsWith(
            "HTTP/1.1 431",
            await SpeakAsync($"GET /graphql HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 100_000)}\r\n\r\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_URL_of_100_KB_is_414() =>
        Assert.StartsWith(
            "HTTP/1.1 414",
            await SpeakAsync($"GET /graphql?query={new string('x', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Headers_that_do_not_end_are_408() =>
        Assert.StartsWith(
            "HTTP/1.1 408",
            await SpeakAsync("GET /graphql HTTP/1.1\r\nHost: localhost\r\nX: "),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/graphql/../../etc/passwd")]
    [InlineData("/graphql/..%2f..%2fetc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    public async Task A_path_that_climbs_is_404(string path) =>
        Assert.StartsWith(
            "HTTP/1.1 404",
            await SpeakAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        var answer = await door.AskAsync(new string('x', 300_000));

        await AssertErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task Sockets_that_never_initialise_close_with_4408_and_keep_nobody_waiting()
    {
        var silent = new List<SocketClient>();
        foreach (var _ in Enumerable.Range(0, 50))
        {
            silent.Add(await SocketClient.OpenAsync(door.Address));
        }

        using var other = await door.OpenSocketAsync();
        await other.SubscribeAsync("1", DoorHost.Typename);
        Assert.Equal("next", (await other.ReceiveMessageAsync()).Type);
        foreach (var client in silent)
        {
            Assert.Equal(4408, (await client.ReceiveCloseAsync()).Code);
            client.Dispose();
        }
    }

    private async Task AssertTooDeepAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await door.Http.PostAsync(new Uri("/graphql", UriKind.Relative), content);
        var message = await AssertErrorAsync(answer, HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.Contains("depth", message, StringComparison.Ordinal);
    }

    private async Task<string> SpeakAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(door.Address.Host, door.Address.Port);
        var stream = client.GetStream();
        // Half of it is refused before the other half is sent.
        var sending = stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
