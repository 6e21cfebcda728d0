using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Engine.Sharing;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.GraphQL.Transport;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Engine;

/// <summary>An event that comes to many is executed once for those who asked the same, and only for them.</summary>
public sealed class SharedAnswersTests(ITestOutputHelper output)
{
    private const int Subscribers = 20;

    private const string Heartbeats = """
        subscription($deviceIds: [String!]) {
          heartbeats(organizationId: "demo", deviceIds: $deviceIds) { deviceId device { brand snaps { name } } }
        }
        """;

    private const string Changes = """
        subscription { deviceChanged(organizationId: "demo") { deviceId kinds device { snaps { name config } } } }
        """;

    private static readonly SharedOperation Operation = new("{ a }", null, "null", Role.Viewer, OrganizationScope.All);

    [Theory, EveryStore]
    public async Task An_event_is_read_once_however_many_ask_the_same(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.AddDevicesAsync("h1");
        List<TwinHostSubscription> streams = [];
        for (var number = 0; number < Subscribers; number++)
        {
            streams.Add(await host.SubscribeAsync(Heartbeats));
        }

        using var socket = await SocketClient.OpenAsync(host.Address);
        await socket.InitialiseAsync();
        await socket.SubscribeAsync("\"1\"", Heartbeats);
        await using var other = await host.SubscribeAsync(Heartbeats, new { deviceIds = new[] { "h1" } });
        await ListenAsync(host, Subscribers + 2);
        host.Commands.Clear();
        Beat(host, "h1", 1);

        foreach (var stream in streams)
        {
            var told = (await stream.NextAsync()).GetProperty("heartbeats");
            Assert.Equal("h1", told.GetProperty("deviceId").GetString());
            Assert.Equal("", told.At("device", "brand").GetString());
        }

        var (type, id, payload) = await socket.ReceiveMessageAsync();
        Assert.Equal(("next", "\"1\""), (type, id));
        Assert.Equal(
            "{\"data\":{\"heartbeats\":{\"deviceId\":\"h1\",\"device\":{\"brand\":\"\",\"snaps\":[]}}}}",
            payload
        );
        Assert.Equal("h1", (await other.NextAsync()).At("heartbeats", "deviceId").GetString());
        // Once for those who asked the same, and once for the other, whose variables differ. (Devices are looked up for all together anyway.)
        Assert.Equal(2, host.Commands.Statements.Count(ReadsSnaps));
    }

    [Fact]
    public async Task An_event_is_not_shared_between_callers_who_may_see_different_things()
    {
        await using var host = await SecureHost.StartAsync(
            output,
            [SecureHost.Token("viewer", Role.Viewer, "demo"), SecureHost.Token("operator", Role.Operator, "demo")]
        );
        var agent = await host.ConnectDeviceAsync("d1");
        await host.FindTwinAsync("d1", twin => twin.Snaps.Count > 0);
        var snap = agent.Snaps[0].Name;
        using var viewer = await host.OpenSocketAsync(SecureHost.SecretOf("viewer"));
        using var second = await host.OpenSocketAsync(SecureHost.SecretOf("viewer"));
        using var steering = await host.OpenSocketAsync(SecureHost.SecretOf("operator"));
        using var fourth = await host.OpenSocketAsync(SecureHost.SecretOf("operator"));
        SocketClient[] sockets = [viewer, second, steering, fourth];
        foreach (var socket in sockets)
        {
            await socket.SubscribeAsync("1", Changes);
        }

        var changes = host.Services.GetRequiredService<ChangeFeed>();
        await Eventually.BecomesTrueAsync(() => changes.Listeners == sockets.Length, "all listen");
        await host.DataAsync(
            SecureHost.SecretOf("operator"),
            """
            mutation($snap: String!) {
              configureSnap(input: {organizationId: "demo", deviceId: "d1", snap: $snap, config: {password: "hush"}}) { errors { __typename } }
            }
            """,
            new { snap }
        );

        Assert.Contains("hush", await ToldOfSnapsAsync(steering), StringComparison.Ordinal);
        Assert.Contains("hush", await ToldOfSnapsAsync(fourth), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", await ToldOfSnapsAsync(viewer), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", await ToldOfSnapsAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscriber_who_goes_while_an_event_is_executed_takes_nobodys_answer_along()
    {
        var shared = new SharedAnswers();
        using var first = shared.Enter(Operation);
        using var second = shared.Enter(Operation);
        var executed = new TaskCompletionSource<SharedResult?>();

        var started = first.GetAsync(new Occurrence(1), () => executed.Task);
        var joined = second.GetAsync(new Occurrence(1), () => throw new InvalidOperationException("Executed twice."));
        first.Dispose();
        executed.SetResult(new SharedResult("{}"u8.ToArray()));

        Assert.Same(await started, await joined);
    }

    [Fact]
    public async Task Answers_are_kept_up_to_a_bound_and_operations_only_while_somebody_has_them_open()
    {
        var shared = new SharedAnswers();
        var places = new[] { shared.Enter(Operation), shared.Enter(Operation with { Name = "other" }) };
        var again = shared.Enter(Operation);
        Assert.Same(places[0], again);
        for (var number = 0; number < 2 * SharedAnswers.Capacity; number++)
        {
            await again.GetAsync(new Occurrence(number), () => Task.FromResult<SharedResult?>(new("{}"u8.ToArray())));
        }

        Assert.Equal(SharedAnswers.Capacity, shared.Count);
        Assert.Equal(2, shared.Operations);
        again.Dispose();
        Assert.Equal(2, shared.Operations);
        Array.ForEach(places, place => place.Dispose());
        Assert.Equal(0, shared.Operations);
    }

    [Fact]
    public async Task Who_is_alone_with_an_operation_keeps_nothing()
    {
        var shared = new SharedAnswers();
        using var alone = shared.Enter(Operation);

        Assert.Null(await alone.GetAsync(new Occurrence(1), () => throw new InvalidOperationException("Not shared.")));
        Assert.Equal(0, shared.Count);
    }

    private static Task ListenAsync(TwinHost host, int count)
    {
        var feed = host.Services.GetRequiredService<HeartbeatFeed>();
        return Eventually.BecomesTrueAsync(() => feed.Listeners == count, $"{count} listen");
    }

    private static void Beat(TwinHost host, string deviceId, int second)
    {
        var at = SeededRows.Noon.AddSeconds(second);
        host.Services.GetRequiredService<HeartbeatFeed>().Publish([new StoredHeartbeat("demo", deviceId, at, at)]);
    }

    private static async Task<string> ToldOfSnapsAsync(SocketClient socket)
    {
        while (true)
        {
            var (_, _, payload) = await socket.ReceiveMessageAsync();
            if (payload!.Contains("SNAPS", StringComparison.Ordinal))
            {
                return payload;
            }
        }
    }

    private sealed record Occurrence(int Number) : ISharedEvent
    {
        public object Identity => Number;
    }

    private static bool ReadsSnaps(string sql) =>
        sql.Replace("\"", "", StringComparison.Ordinal).Contains("FROM snap", StringComparison.Ordinal);
}
