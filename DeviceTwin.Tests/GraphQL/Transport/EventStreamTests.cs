using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Transport;

public sealed class EventStreamTests
{
    private const string EventStream = "text/event-stream";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_subscription_is_streamed_by_POST_and_by_GET(bool byPost)
    {
        await using TransportHost host = await TransportHost.StartAsync();

        using HttpResponseMessage response = byPost
            ? await host.PostAsync("""{"query":"subscription{count(to:200)}"}""", EventStream)
            : await host.GetAsync("/graphql?query=subscription{count(to:200)}", EventStream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.True(response.Headers.CacheControl!.NoCache);
        IEnumerable<string> numbers = Enumerable
            .Range(1, 200)
            .Select(number => $$$"""event: next|data: {"data":{"count":{{{number}}}}}""");
        Assert.Equal(numbers.Append("event: complete|data:"), await EventsAsync(response));
    }

    [Theory]
    [InlineData("{hello}", """event: next|data: {"data":{"hello":"Hello world"}}""")]
    [InlineData("mutation{double(number:2)}", """event: next|data: {"data":{"double":4}}""")]
    public async Task A_query_or_mutation_may_be_streamed_the_same_way(string query, string expected)
    {
        await using TransportHost host = await TransportHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync(JsonSerializer.Serialize(new { query }), EventStream);

        Assert.Equal([expected, "event: complete|data:"], await EventsAsync(response));
    }

    [Fact]
    public async Task A_caller_that_prefers_JSON_but_takes_streams_gets_its_subscription_streamed()
    {
        await using TransportHost host = await TransportHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync(
            """{"query":"subscription{count(to:1)}"}""",
            "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
        );

        Assert.Equal(
            ["""event: next|data: {"data":{"count":1}}""", "event: complete|data:"],
            await EventsAsync(response)
        );
    }

    [Theory]
    [InlineData("{nope}", "FIELDS_ON_CORRECT_TYPE")]
    [InlineData("subscription{refused}", "NOT_FOUND")]
    public async Task What_cannot_be_executed_is_told_in_a_next_event_without_data(string query, string code)
    {
        await using TransportHost host = await TransportHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync(JsonSerializer.Serialize(new { query }), EventStream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string[] events = await EventsAsync(response);
        Assert.Equal("event: complete|data:", events[1]);
        Assert.Contains($"\"code\":\"{code}\"", events[0], StringComparison.Ordinal);
        Assert.DoesNotContain("\"data\":null", events[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_stream_with_its_masked_error()
    {
        await using TransportHost host = await TransportHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("""{"query":"subscription{broken}"}""", EventStream);

        string[] events = await EventsAsync(response);
        Assert.Equal(3, events.Length);
        Assert.Equal("""event: next|data: {"data":{"broken":"first"}}""", events[0]);
        Assert.Contains("\"errors\":[{\"message\":\"Masked\"", events[1], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", events[1], StringComparison.Ordinal);
        Assert.Equal("event: complete|data:", events[2]);
    }

    [Fact]
    public async Task A_request_that_is_not_well_formed_is_refused_before_any_stream()
    {
        await using TransportHost host = await TransportHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("NONSENSE", EventStream);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_silent_stream_is_kept_alive_with_comments_and_events_are_sent_at_once()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync("""{"query":"subscription{feed}"}""", EventStream);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal(":", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 1, "a listener");
        host.Feed.Publish("news");
        Assert.Equal("event: next", await reader.ReadLineAsync());
        Assert.Equal("""data: {"data":{"feed":"news"}}""", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        Task<string?> comment = reader.ReadLineAsync();
        await Eventually.BecomesTrueAsync(
            () =>
            {
                host.Clock.Advance(TimeSpan.FromSeconds(12));
                return comment.IsCompleted;
            },
            "a comment"
        );

        Assert.Equal(":", await comment);
    }

    [Fact]
    public async Task A_reader_that_leaves_frees_its_subscription()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        HttpResponseMessage response = await host.PostAsync("""{"query":"subscription{feed}"}""", EventStream);
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 1, "a listener");
        Assert.Equal(1, host.Connections.EventStreams);

        response.Dispose();

        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 0, "no listener");
        await Eventually.BecomesTrueAsync(() => host.Connections.EventStreams == 0, "no event stream");
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_the_source_and_is_cut_off_after_the_send_timeout()
    {
        await using TransportHost host = await TransportHost.StartAsync(settings =>
        {
            settings.KeepAlive = TimeSpan.FromDays(1);
            settings.SendTimeout = TimeSpan.FromSeconds(30);
        });
        using var connection = new TcpClient();
        await connection.ConnectAsync(host.Address.Host, host.Address.Port);
        await connection
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    "GET /graphql?query=subscription%7Bflood(size:100000)%7D HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
                )
            );
        await Backlog.IsFullAsync(host.Feed);

        host.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, host.Connections.EventStreams);
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        await Eventually.BecomesTrueAsync(() => host.Connections.EventStreams == 0, "the stream is cut off");
    }

    [Fact]
    public async Task When_the_service_stops_streams_complete_at_once()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync("""{"query":"subscription{feed}"}""", EventStream);
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 1, "a listener");

        Task stopping = host.StopAsync();

        Assert.Equal(["event: complete|data:"], await EventsAsync(response));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
        // The engine lets go of a source on a thread of its own.
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 0, "no listener");
    }

    private static async Task<string[]> EventsAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return
        [
            .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(block => !block.StartsWith(':'))
                .Select(block => block.Replace('\n', '|')),
        ];
    }
}

internal static class Backlog
{
    /// <summary>Waits until a source that yields without end is no longer asked for more.</summary>
    public static async Task IsFullAsync(Feed feed)
    {
        int before = -1;
        int unchanged = 0;
        await Eventually.BecomesTrueAsync(
            () =>
            {
                int now = feed.Yielded;
                unchanged = now > 0 && now == before ? unchanged + 1 : 0;
                before = now;
                return unchanged == 30;
            },
            "the source waits"
        );
    }
}
