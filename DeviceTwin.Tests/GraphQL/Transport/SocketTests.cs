using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>What the two sides say to each other while all goes well, and how operations fail.</summary>
public sealed class SocketTests : IAsyncLifetime
{
    private TransportHost host = null!;

    public async Task InitializeAsync() => host = await TransportHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("query A{hello}", """{"data":{"hello":"Hello world"}}""")]
    [InlineData("mutation{double(number:2)}", """{"data":{"double":4}}""")]
    public async Task A_query_or_mutation_is_one_next_and_complete(string query, string expected)
    {
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        Assert.Equal("graphql-transport-ws", client.SubProtocol);

        await client.SubscribeAsync("1", query);

        Assert.Equal(("next", "1", expected), await client.ReceiveMessageAsync());
        Assert.Equal(("complete", "1", ""), await client.ReceiveMessageAsync());
    }

    [Fact]
    public async Task A_subscription_is_its_events_in_order_and_complete_and_its_id_may_be_used_again()
    {
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);

        for (int round = 0; round < 3; round++)
        {
            await client.SubscribeAsync("same", "subscription{count(to:300)}");
            for (int number = 1; number <= 300; number++)
            {
                Assert.Equal(
                    ("next", "same", $$$"""{"data":{"count":{{{number}}}}}"""),
                    await client.ReceiveMessageAsync()
                );
            }

            Assert.Equal("complete", (await client.ReceiveMessageAsync()).Type);
        }
    }

    [Theory]
    [InlineData("{nope}", "FIELDS_ON_CORRECT_TYPE")]
    [InlineData("{", "SYNTAX_ERROR")]
    [InlineData("subscription{refused}", "NOT_FOUND")]
    public async Task What_cannot_be_executed_is_an_error_message_and_the_socket_stays(string query, string code)
    {
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);

        await client.SubscribeAsync("1", query);

        JsonElement message = await client.ReceiveAsync();
        Assert.Equal("error", message.GetProperty("type").GetString());
        Assert.Equal("1", message.GetProperty("id").GetString());
        JsonElement error = message.GetProperty("payload")[0];
        Assert.Equal(code, error.GetProperty("extensions").GetProperty("code").GetString());
        await client.SubscribeAsync("1", "{hello}");
        Assert.Equal("next", (await client.ReceiveMessageAsync()).Type);
    }

    [Fact]
    public async Task A_source_that_fails_ends_its_operation_with_a_masked_error()
    {
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);

        await client.SubscribeAsync("1", "subscription{broken}");

        Assert.Equal("""{"data":{"broken":"first"}}""", (await client.ReceiveMessageAsync()).Payload);
        (string? type, _, string payload) = await client.ReceiveMessageAsync();
        Assert.Equal("error", type);
        Assert.Contains("Masked", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_executor_ends_the_operation_without_a_word_of_it_and_the_socket_stays()
    {
        await using TransportHost failing = await TransportHost.StartAsync(services: services =>
            services.AddSingleton<IRequestExecutor, FailingExecutor>()
        );
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(failing);

        await client.SubscribeAsync("1", "{hello}");

        (string? type, string? id, string payload) = await client.ReceiveMessageAsync();
        Assert.Equal(("error", "1"), (type, id));
        Assert.Contains("INTERNAL_SERVER_ERROR", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", payload, StringComparison.Ordinal);
        await client.RoundTripAsync();
    }

    [Fact]
    public async Task A_source_that_runs_ahead_without_its_gate_is_ended_with_an_error()
    {
        await using TransportHost small = await TransportHost.StartAsync(settings => settings.SendQueue = 5);
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(small);

        // A reader that takes nothing of what no system buffer holds is behind for certain.
        await client.SubscribeAsync("1", "subscription{ungated(size:1000000)}");
        await Eventually.BecomesTrueAsync(() => small.Feed.Yielded > 50, "the source ran ahead");

        var message = await client.ReceiveMessageAsync();
        for (int held = 0; message.Type == "next"; held++)
        {
            Assert.True(held < 50, "no end came");
            message = await client.ReceiveMessageAsync();
        }

        Assert.Equal("error", message.Type);
        Assert.Contains("EVENTS_OVERFLOW", message.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_completes_frees_its_operation_and_hears_no_more_of_it()
    {
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        await client.SubscribeAsync("1", "subscription{feed}");
        await client.SubscribeAsync("2", "subscription{feed}");
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 2, "two listeners");

        await client.SendAsync("""{"type":"complete","id":"1"}""");
        await client.SendAsync("""{"type":"complete","id":"unknown"}""");

        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 1, "one listener");
        await Eventually.BecomesTrueAsync(() => host.Connections.SocketOperations == 1, "one operation");
        host.Feed.Publish("news");
        Assert.Equal(("next", "2", """{"data":{"feed":"news"}}"""), await client.ReceiveMessageAsync());
    }

    [Fact]
    public async Task A_query_that_is_under_way_is_cancelled_when_its_client_completes_it()
    {
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        await client.SubscribeAsync("1", "{wait}");
        await Eventually.BecomesTrueAsync(() => host.Connections.SocketOperations == 1, "one operation");

        await client.SendAsync("""{"type":"complete","id":"1"}""");

        await Eventually.BecomesTrueAsync(() => host.Connections.SocketOperations == 0, "no operation");
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_payload_also_before_initialisation()
    {
        using SocketClient client = await SocketClient.OpenAsync(host);

        await client.SendAsync("""{"type":"ping"}""");
        await client.SendAsync("""{"type":"ping","payload":{"a":1}}""");

        Assert.Equal(("pong", null, ""), await client.ReceiveMessageAsync());
        Assert.Equal(("pong", null, """{"a":1}"""), await client.ReceiveMessageAsync());
    }

    [Fact]
    public async Task The_operation_over_the_bound_is_an_error_message_and_a_place_that_becomes_free_is_used_again()
    {
        await using TransportHost small = await TransportHost.StartAsync(settings => settings.SocketOperations = 2);
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(small);
        await client.SubscribeAsync("1", "subscription{feed}");
        await client.SubscribeAsync("2", "subscription{feed}");

        await client.SubscribeAsync("3", "{hello}");

        (string? type, string? id, string payload) = await client.ReceiveMessageAsync();
        Assert.Equal(("error", "3"), (type, id));
        Assert.Contains("TOO_MANY_OPERATIONS", payload, StringComparison.Ordinal);
        await Eventually.BecomesTrueAsync(() => small.Feed.Listeners == 2, "two listeners");
        await client.SendAsync("""{"type":"complete","id":"1"}""");
        for (int round = 0; round < 50; round++)
        {
            await client.SubscribeAsync("3", "{hello}");
            Assert.Equal(("next", "3", """{"data":{"hello":"Hello world"}}"""), await client.ReceiveMessageAsync());
            Assert.Equal(("complete", "3", ""), await client.ReceiveMessageAsync());
        }
    }

    [Fact]
    public async Task A_message_in_many_frames_is_one_message()
    {
        using SocketClient client = await SocketClient.OpenAsync(host);

        await client.SendAsync("", WebSocketMessageType.Text, endOfMessage: false);
        await client.SendAsync("""{"type":"pi""", WebSocketMessageType.Text, endOfMessage: false);
        await client.SendAsync("", WebSocketMessageType.Text, endOfMessage: false);
        await client.SendAsync("""ng"}""", WebSocketMessageType.Text, endOfMessage: true);

        Assert.Equal("pong", (await client.ReceiveMessageAsync()).Type);
    }

    [Fact]
    public async Task Without_a_sub_protocol_the_upgrade_is_400_and_with_another_the_socket_closes_with_4406()
    {
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() =>
            SocketClient.OpenAsync(host, subProtocol: null)
        );
        using SocketClient client = await SocketClient.OpenAsync(host, "graphql-ws");

        Assert.Contains("'400'", refused.Message, StringComparison.Ordinal);
        Assert.Equal((4406, "Subprotocol not acceptable"), await client.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData("https://elsewhere.example")]
    [InlineData("null")]
    public async Task A_page_of_another_site_may_not_open_a_socket(string origin)
    {
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() =>
            SocketClient.OpenAsync(host, origin: origin)
        );

        Assert.Contains("'403'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_our_own_and_an_application_may_open_a_socket()
    {
        using SocketClient page = await SocketClient.OpenAsync(host, origin: $"http://{host.Address.Authority}");
        using SocketClient application = await SocketClient.OpenAsync(host, origin: "file://");

        await page.InitialiseAsync();
        await application.InitialiseAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"query":"{hello}"}""")).StatusCode);
    }
}
