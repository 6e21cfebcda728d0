using System.Net;
using System.Net.Sockets;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Events;
using DeviceTwin.Tests.GraphQL.Transport;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Web;

public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task Of_a_thousand_sockets_from_one_address_half_are_429_and_the_service_answers_others()
    {
        await using var door = await DoorHost.StartAsync(settings => settings.Http.ConnectionsOfAddress = 2_000);
        var clients = new List<SocketClient>();
        var refused = 0;
        try
        {
            foreach (var _ in Enumerable.Range(0, 500))
            {
                clients.Add(await SocketClient.OpenAsync(door.Address));
            }

            foreach (var _ in Enumerable.Range(0, 500))
            {
                refused += await door.RefusedUpgradeAsync() == HttpStatusCode.TooManyRequests ? 1 : 0;
            }

            Assert.Equal((500, 500), (door.Connections.Sockets, refused));
            await door.AssertAnswersAsync();
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await Eventually.BecomesTrueAsync(() => door.Connections.Sockets == 0, "no socket");
        using var again = await door.OpenSocketAsync();
    }

    [Fact]
    public async Task Sockets_over_the_bound_in_all_are_503()
    {
        await using var door = await StartAsync(settings => settings.Sockets = 1);
        using var client = await door.OpenSocketAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.RefusedUpgradeAsync());
    }

    [Fact]
    public async Task A_callers_sockets_over_the_bound_close_with_1013_and_another_callers_do_not()
    {
        await using var door = await StartAsync(settings => settings.SocketsOfCaller = 1);
        using var first = await door.OpenSocketAsync("ann");
        using var second = await SocketClient.OpenAsync(door.Address, header: ("X-Name", "ann"));
        await second.SendAsync("""{"type":"connection_init"}""");

        Assert.Equal((1013, "You have 1 sockets open; try again later"), await second.ReceiveCloseAsync());
        using var other = await door.OpenSocketAsync("bob");
        await first.CloseAsync();
        await Eventually.BecomesTrueAsync(() => door.Connections.Sockets == 1, "bob's socket alone");
        using var again = await door.OpenSocketAsync("ann");
    }

    [Fact]
    public async Task A_callers_subscriptions_are_bounded_over_all_sockets_and_streams()
    {
        await using var door = await StartAsync(settings => settings.SubscriptionsOfCaller = 2);
        using var one = await door.OpenSocketAsync("ann");
        using var two = await door.OpenSocketAsync("ann");
        await one.SubscribeAsync("1", DoorHost.Listen);
        await two.SubscribeAsync("1", DoorHost.Listen);
        var changes = door.Twin.Services.GetRequiredService<ChangeFeed>();
        await Eventually.BecomesTrueAsync(() => changes.Listeners == 2, "two subscriptions");

        await two.SubscribeAsync("2", DoorHost.Listen);
        var (type, id, payload) = await two.ReceiveMessageAsync();
        var stream = await StreamAsync(door, "ann");
        using var other = await door.OpenSocketAsync("bob");
        await other.SubscribeAsync("1", DoorHost.Listen);
        await Eventually.BecomesTrueAsync(() => door.Connections.SocketOperations == 3, "bob listens");

        Assert.Equal(("error", "2"), (type, id));
        Assert.Contains("TOO_MANY_SUBSCRIPTIONS", payload, StringComparison.Ordinal);
        Assert.Contains("TOO_MANY_SUBSCRIPTIONS", stream, StringComparison.Ordinal);

        // A place that becomes free is used again, and a query needs none.
        await two.SubscribeAsync("3", DoorHost.Typename);
        Assert.Equal("next", (await two.ReceiveMessageAsync()).Type);
        await one.SendAsync("""{"type":"complete","id":"1"}""");
        await Eventually.BecomesTrueAsync(() => door.Connections.SocketOperations == 2, "one has ended");
        await one.SubscribeAsync("2", DoorHost.Listen);
        await Eventually.BecomesTrueAsync(() => door.Connections.SocketOperations == 3, "another has begun");
        await one.RoundTripAsync();
    }

    [Fact]
    public async Task Connections_of_one_address_over_the_bound_are_closed_at_once_and_served_when_there_is_a_place()
    {
        await using var door = await DoorHost.StartAsync(settings => settings.Http.ConnectionsOfAddress = 2);
        using var silent = await ConnectAsync(door);
        using var second = await ConnectAsync(door);
        // Both are taken in order: an answer on the second means that the first was counted, too.
        await second.GetStream().WriteAsync("GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await second.GetStream().ReadAsync(new byte[16]));

        Assert.True(await IsTurnedAwayAsync(door));
        silent.Close();
        await Eventually.BecomesTrueAsync(() => CanAskAsync(door), "a place is free");
    }

    private static async Task<bool> CanAskAsync(DoorHost door)
    {
        try
        {
            await door.AssertAnswersAsync();
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<bool> IsTurnedAwayAsync(DoorHost door)
    {
        try
        {
            using var client = await ConnectAsync(door);
            return await client.GetStream().ReadAsync(new byte[1]) == 0;
        }
        catch (Exception reset) when (reset is IOException or SocketException)
        {
            return true;
        }
    }

    private static async Task<TcpClient> ConnectAsync(DoorHost door)
    {
        var client = new TcpClient();
        await client.ConnectAsync(door.Address.Host, door.Address.Port);
        return client;
    }

    private static async Task<string> StreamAsync(DoorHost door, string name)
    {
        var query = Uri.EscapeDataString(DoorHost.Listen);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/graphql?query={query}");
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("X-Name", name);
        using var answer = await door.Http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static Task<DoorHost> StartAsync(Action<GraphQLSettings> configure) =>
        DoorHost.StartAsync(settings => configure(settings.GraphQL));
}
