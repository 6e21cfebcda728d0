using System.Net;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.GraphQL.Transport;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.Web;

public sealed class RateTests
{
    private static readonly Uri Ready = new("/healthz/live", UriKind.Relative);

    [Fact]
    public async Task An_address_over_its_rate_gets_429_and_when_to_come_again_while_health_is_answered()
    {
        await using var door = await StartAsync(http => http.RateOfAddress = 2);
        using var first = await door.AskAsync(DoorHost.Typename);
        using var second = await door.AskAsync(DoorHost.Typename);
        var refused = await door.AskAsync(DoorHost.Typename);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        // Two an hour: the next one comes within half an hour.
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
        Assert.Contains("nosniff", refused.Headers.GetValues("X-Content-Type-Options"));
        await AssertErrorAsync(refused, HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        for (var count = 0; count < 10; count++)
        {
            using var health = await door.Http.GetAsync(Ready);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    [Fact]
    public async Task A_caller_over_its_rate_gets_429_and_another_one_at_the_same_address_does_not()
    {
        await using var door = await StartAsync(http => http.RateOfCaller = 1);
        using var first = await door.AskAsync(DoorHost.Typename, "ann");
        var refused = await door.AskAsync(DoorHost.Typename, "ann");
        using var other = await door.AskAsync(DoorHost.Typename, "bob");
        using var nameless = await door.AskAsync(DoorHost.Typename);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await AssertErrorAsync(refused, HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (other.StatusCode, nameless.StatusCode));
    }

    [Fact]
    public async Task Operations_on_a_WebSocket_count_and_one_over_the_rate_is_an_error_that_leaves_the_socket_open()
    {
        // The upgrade is one request.
        await using var door = await StartAsync(http => http.RateOfAddress = 3);
        using var client = await door.OpenSocketAsync();

        Assert.Equal(["next", "complete"], await AskAsync(client, "1"));
        Assert.Equal(["next", "complete"], await AskAsync(client, "2"));
        await client.SubscribeAsync("3", DoorHost.Typename);
        var (type, id, payload) = await client.ReceiveMessageAsync();

        Assert.Equal(("error", "3"), (type, id));
        Assert.Contains("RATE_LIMITED", payload, StringComparison.Ordinal);
        await client.RoundTripAsync();
    }

    [Fact]
    public async Task Ten_thousand_subscribes_on_a_WebSocket_are_each_answered_and_others_are_served()
    {
        await using var door = await StartAsync(http => (http.RateOfAddress, http.RateOfCaller) = (0, 100));
        using var client = await door.OpenSocketAsync("mallory");
        var sending = Task.Run(async () =>
        {
            for (var number = 0; number < 10_000; number++)
            {
                await client.SubscribeAsync($"{number}", DoorHost.Listen);
            }
        });

        var refused = 0;
        var open = 0;
        while (refused < 9_901)
        {
            var (type, _, payload) = await client.ReceiveMessageAsync();
            Assert.Equal("error", type);
            Assert.Contains("RATE_LIMITED", payload, StringComparison.Ordinal);
            refused++;
            open = Math.Max(open, door.Connections.SocketOperations);
        }

        await sending;
        Assert.InRange(open, 0, 100);
        using var other = await door.AskAsync(DoorHost.Typename, "bob");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Each_request_of_a_batch_counts()
    {
        await using var door = await StartAsync(http => http.RateOfAddress = 2, graphQL => graphQL.Batch = 3);
        var query = new { query = DoorHost.Typename };

        using var answer = await door.SendAsync(new[] { query, query, query });

        var entries = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).EnumerateArray().ToList();
        Assert.Equal([true, true, false], entries.Select(entry => entry.TryGetProperty("data", out _)));
        Assert.Contains("RATE_LIMITED", entries[2].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_that_is_known_the_address_is_the_one_that_it_names()
    {
        await using var door = await StartAsync(http => (http.RateOfAddress, http.Proxies) = (1, "127.0.0.0/8"));

        Assert.Equal(HttpStatusCode.OK, await AskFromAsync(door, "192.0.2.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskFromAsync(door, "192.0.2.1"));
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync(door, "192.0.2.2"));
        // One of an IPv6 customer's many addresses is as good as the other.
        Assert.Equal(HttpStatusCode.OK, await AskFromAsync(door, "2001:db8:1:2::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskFromAsync(door, "2001:db8:1:2:ffff::9"));
    }

    [Fact]
    public async Task An_address_that_nobody_vouches_for_is_not_believed()
    {
        await using var door = await StartAsync(http => http.RateOfAddress = 1);

        Assert.Equal(HttpStatusCode.OK, await AskFromAsync(door, "192.0.2.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskFromAsync(door, "192.0.2.2"));
    }

    private static Task<DoorHost> StartAsync(Action<HttpSettings> http, Action<GraphQLSettings>? graphQL = null) =>
        DoorHost.StartAsync(settings =>
        {
            settings.Http.RatePeriod = TimeSpan.FromHours(1);
            http(settings.Http);
            graphQL?.Invoke(settings.GraphQL);
        });

    private static async Task<string[]> AskAsync(SocketClient client, string id)
    {
        await client.SubscribeAsync(id, DoorHost.Typename);
        return [(await client.ReceiveMessageAsync()).Type!, (await client.ReceiveMessageAsync()).Type!];
    }

    private static async Task<HttpStatusCode> AskFromAsync(DoorHost door, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/graphql?query={DoorHost.Typename}");
        request.Headers.Add("X-Forwarded-For", address);
        using var answer = await door.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
