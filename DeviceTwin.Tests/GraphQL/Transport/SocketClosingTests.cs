using System.Net.WebSockets;
using DeviceTwin.Api.Security;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>How sockets end, and what is left of them.</summary>
public sealed class SocketClosingTests
{
    [Fact]
    public async Task No_connection_init_in_time_closes_with_4408()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(host);
        await client.RoundTripAsync();

        host.Clock.Advance(TimeSpan.FromSeconds(9.9));
        await client.RoundTripAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal((4408, "Connection initialisation timeout"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_second_connection_init_closes_with_4429()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);

        await client.SendAsync("""{"type":"connection_init"}""");

        Assert.Equal((4429, "Too many initialisation requests"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task An_operation_before_connection_init_closes_with_4401()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(host);

        await client.SubscribeAsync("1", "{hello}");

        Assert.Equal((4401, "Unauthorized"), await client.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData("NONSENSE")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"start","id":"1","payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"next","id":"1","payload":{}}""")]
    [InlineData("""{"type":"subscribe","payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"subscribe","id":"","payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"subscribe","id":7,"payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"subscribe","id":"1"}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":"{hello}"}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[7]}}""")]
    [InlineData("""{"type":"subscribe","id":"\ud800","payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"complete"}""")]
    [InlineData("""{"type":"ping","payload":7}""")]
    public async Task A_message_that_the_protocol_does_not_know_closes_with_4400(string message)
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);

        await client.SendAsync(message);

        (int code, string? reason) = await client.ReceiveCloseAsync();
        Assert.Equal(4400, code);
        Assert.NotEmpty(reason!);
    }

    [Fact]
    public async Task A_binary_message_closes_with_4400()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(host);

        await client.SendAsync("""{"type":"ping"}""", WebSocketMessageType.Binary);

        Assert.Equal(4400, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task An_id_in_use_closes_with_4409_and_a_long_one_is_shortened_in_the_reason()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        string id = new('ä', 200);
        await client.SubscribeAsync(id, "subscription{feed}");

        await client.SubscribeAsync(id, "{hello}");

        (int code, string? reason) = await client.ReceiveCloseAsync();
        Assert.Equal(4409, code);
        Assert.StartsWith("Subscriber for ä", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_over_the_limit_closes_with_1009()
    {
        await using TransportHost host = await TransportHost.StartAsync(settings => settings.BodyLimit = 2000);
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);

        await client.SubscribeAsync("1", $"{{hello}} #{new string('x', 300_000)}");

        Assert.Equal(1009, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_ping_that_is_answered_keeps_the_socket_and_one_that_is_not_closes_it()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        // The pings start after the acknowledgement was queued: the round trip makes sure that they have.
        await client.RoundTripAsync();

        for (int round = 0; round < 3; round++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(12));
            Assert.Equal("ping", (await client.ReceiveMessageAsync()).Type);
            await client.SendAsync("""{"type":"pong"}""");
            await client.RoundTripAsync();
        }

        host.Clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal("ping", (await client.ReceiveMessageAsync()).Type);
        await client.RoundTripAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal((4408, "Ping unanswered"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_caller_that_is_refused_is_closed_with_4401_and_one_that_is_known_is_the_user_of_its_operations()
    {
        await using TransportHost host = await StartWithTokensAsync();
        using SocketClient refused = await SocketClient.OpenAsync(host);
        using SocketClient known = await SocketClient.OpenAndInitialiseAsync(host, """{"name":"Ada"}""");

        await refused.SendAsync("""{"type":"connection_init"}""");
        await known.SubscribeAsync("1", "{caller}");

        Assert.Equal((4401, "Unauthorized"), await refused.ReceiveCloseAsync());
        Assert.Equal("""{"data":{"caller":"Ada"}}""", (await known.ReceiveMessageAsync()).Payload);
    }

    [Fact]
    public async Task An_identity_that_expires_closes_with_4403_unless_it_was_renewed()
    {
        await using TransportHost host = await StartWithTokensAsync();
        using SocketClient renewing = await SocketClient.OpenAndInitialiseAsync(
            host,
            """{"name":"Ada","seconds":10}"""
        );
        using SocketClient expiring = await SocketClient.OpenAndInitialiseAsync(host, """{"name":"Bo","seconds":10}""");
        using SocketClient lasting = await SocketClient.OpenAndInitialiseAsync(host, """{"name":"Cy","seconds":-1}""");

        host.Clock.Advance(TimeSpan.FromSeconds(9));
        await renewing.InitialiseAsync("""{"name":"Ada the second","seconds":3600}""");
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((4403, "Forbidden: the token has expired"), await expiring.ReceiveCloseAsync());
        await renewing.SubscribeAsync("1", "{caller}");
        Assert.Equal("""{"data":{"caller":"Ada the second"}}""", (await renewing.ReceiveMessageAsync()).Payload);
        await lasting.RoundTripAsync();
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4403, (await renewing.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_renewal_that_is_refused_closes_with_4401()
    {
        await using TransportHost host = await StartWithTokensAsync();
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host, """{"name":"Ada","seconds":10}""");

        await client.SendAsync("""{"type":"connection_init"}""");

        Assert.Equal(4401, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_the_source_and_is_closed_with_4413()
    {
        await using TransportHost host = await TransportHost.StartAsync(settings =>
            settings.KeepAlive = TimeSpan.FromDays(1)
        );
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        await client.SubscribeAsync("1", "subscription{flood(size:100000)}");
        await Backlog.IsFullAsync(host.Feed);

        host.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, host.Connections.SocketOperations);
        host.Clock.Advance(TimeSpan.FromSeconds(2));

        await Eventually.BecomesTrueAsync(() => host.Connections.SocketOperations == 0, "the operation is freed");
        Assert.Equal((4413, "Reader too slow"), await client.ReceiveCloseAsync());
        await Eventually.BecomesTrueAsync(() => host.Connections.Sockets == 0, "no socket");
    }

    [Fact]
    public async Task A_reader_that_never_reads_again_is_cut_off()
    {
        await using TransportHost host = await TransportHost.StartAsync(settings =>
            settings.KeepAlive = TimeSpan.FromDays(1)
        );
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        await client.SubscribeAsync("1", "subscription{flood(size:100000)}");
        await Backlog.IsFullAsync(host.Feed);

        host.Clock.Advance(TimeSpan.FromSeconds(31));
        await Eventually.BecomesTrueAsync(() => host.Connections.SocketOperations == 0, "the operation is freed");
        host.Clock.Advance(TimeSpan.FromSeconds(3));

        await Eventually.BecomesTrueAsync(() => host.Connections.Sockets == 0, "no socket");
    }

    [Fact]
    public async Task When_the_service_stops_sockets_close_with_1001_at_once()
    {
        await using TransportHost host = await TransportHost.StartAsync();
        using SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
        await client.SubscribeAsync("1", "subscription{feed}");
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 1, "a listener");

        Task stopping = host.StopAsync();

        Assert.Equal((1001, "The service stops"), await client.ReceiveCloseAsync());
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
        // The engine lets go of a source on a thread of its own.
        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 0, "no listener");
    }

    [Fact]
    public async Task A_thousand_sockets_leave_nothing_behind()
    {
        await using TransportHost host = await TransportHost.StartAsync(settings => settings.SocketsOfAddress = 1000);
        var clients = new List<SocketClient>();
        foreach (int[] some in Enumerable.Range(0, 1000).Chunk(50))
        {
            clients.AddRange(
                await Task.WhenAll(
                    some.Select(async _ =>
                    {
                        SocketClient client = await SocketClient.OpenAndInitialiseAsync(host);
                        await client.SubscribeAsync("1", "subscription{feed}");
                        return client;
                    })
                )
            );
        }

        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 1000, "a thousand listeners");
        Assert.Equal((1000, 1000), (host.Connections.Sockets, host.Connections.SocketOperations));
        host.Feed.Publish("news");
        foreach (SocketClient client in clients)
        {
            Assert.Equal("""{"data":{"feed":"news"}}""", (await client.ReceiveMessageAsync()).Payload);
        }

        foreach ((int index, SocketClient client) in clients.Index())
        {
            if (index % 2 == 0)
            {
                await client.CloseAsync();
                Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
            }
            else
            {
                client.Abort();
            }

            client.Dispose();
        }

        await Eventually.BecomesTrueAsync(() => host.Feed.Listeners == 0, "no listener");
        await Eventually.BecomesTrueAsync(() => host.Connections.SocketOperations == 0, "no operation");
        await Eventually.BecomesTrueAsync(() => host.Connections.Sockets == 0, "no socket");
    }

    private static Task<TransportHost> StartWithTokensAsync() =>
        TransportHost.StartAsync(
            settings => settings.KeepAlive = TimeSpan.FromDays(1),
            services => services.AddSingleton<IConnectionAuthenticator, TokenAuthenticator>()
        );
}
