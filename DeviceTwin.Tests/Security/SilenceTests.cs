using System.Diagnostics;
using System.Text.Json;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Security;

/// <summary>Walks the subscriptions: a stranger hears nothing of what others hear.</summary>
public sealed class SilenceTests(SilenceTests.LiveFleet fleet) : IClassFixture<SilenceTests.LiveFleet>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private const string Hidden = IsolatedFleet.Hidden;

    [Fact]
    public async Task Every_subscription_is_silent_for_a_stranger_while_it_speaks_to_others()
    {
        var fields = fleet.Map.Roots("Subscription");
        using var stranger = await fleet.Host.OpenSocketAsync(IsolatedFleet.Stranger);
        using var other = await fleet.Host.OpenSocketAsync(IsolatedFleet.Everybody);
        foreach (var field in fields)
        {
            await other.SendAsync(Subscribe(field, field.Name, Hidden));
        }

        await Eventually.BecomesTrueAsync(
            async () => await CountSubscribersAsync() >= fields.Count,
            "all subscriptions listen"
        );
        foreach (var field in fields)
        {
            await stranger.SendAsync(Subscribe(field, field.Name + "-hidden", Hidden));
            await stranger.SendAsync(Subscribe(field, field.Name + "-missing", IsolatedFleet.Missing));
        }

        await stranger.RoundTripAsync();
        await fleet.Host.ConnectDeviceAsync(
            "d5",
            new SimulatorOptions
            {
                Organization = Hidden,
                Interval = TimeSpan.FromSeconds(1),
                SnapdDelay = TimeSpan.Zero,
            }
        );
        await fleet.Host.DataAsync(
            IsolatedFleet.Everybody,
            $$"""
            mutation {
              requestSnapList(input: {organizationId: "{{Hidden}}", deviceId: "d5"}) { action { status } }
              startJob(input: {organizationId: "{{Hidden}}", kind: LIST, where: {deviceId: {eq: "d5"} } }) { job { jobId } }
            }
            """
        );

        var silent = fields.Select(field => field.Name).ToHashSet();
        var started = Stopwatch.GetTimestamp();
        while (silent.Count > 0)
        {
            Assert.True(
                Stopwatch.GetElapsedTime(started) < Limit,
                $"Nothing makes these speak: {string.Join(", ", silent)}"
            );
            var (type, id, payload) = await other.ReceiveMessageAsync();
            Assert.True(
                type is "next" or "ping",
                $"{id} has ended; all still to speak: {string.Join(", ", silent)}. {payload}"
            );
            silent.Remove(id ?? "");
        }

        // Whatever was sent to the stranger comes before the answer to this.
        await stranger.SendAsync("""{"type":"ping","payload":{"is":"last"}}""");
        string? heard;
        do
        {
            (heard, var id, var payload) = await stranger.ReceiveMessageAsync();
            Assert.True(heard is "ping" or "pong", $"The stranger heard of {id}: {heard} {payload}");
        } while (heard != "pong");
    }

    private async Task<int> CountSubscribersAsync() =>
        (await fleet.Host.DataAsync(IsolatedFleet.Everybody, "{ service { subscribers } }"))
            .GetProperty("service")
            .GetProperty("subscribers")
            .GetInt32();

    private string Subscribe(MapField field, string id, string organization)
    {
        // What narrows a subscription is left out, so that it hears all that there is.
        var arguments = Samples.Arguments(fleet.Map, field, organization);
        string[] narrowing =
        [
            .. arguments.Keys.Where(name => name is "deviceId" or "deviceIds" or "group" or "actionId" or "jobId"),
        ];
        Array.ForEach(narrowing, name => arguments.Remove(name));
        var query = fleet.Map.Document("subscription", field, arguments.Keys);
        return JsonSerializer.Serialize(
            new
            {
                id,
                type = "subscribe",
                payload = new { query, variables = arguments },
            }
        );
    }

    /// <summary>A fleet with devices that speak.</summary>
    public sealed class LiveFleet : IsolatedFleet
    {
        /// <inheritdoc />
        protected override TimeProvider Clock => TimeProvider.System;
    }
}
