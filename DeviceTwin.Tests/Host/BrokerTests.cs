using System.Net;
using System.Text.Json;
using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The whole service at a real Mosquitto that comes and goes.</summary>
public sealed class BrokerTests(ITestOutputHelper output)
{
    private static readonly string[] NoLimits = ["max_inflight_messages 0", "max_queued_messages 0"];

    [Fact]
    public async Task With_mutual_TLS_a_device_becomes_a_twin()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates.BrokerFiles);
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions { Broker = broker, Certificates = certificates }
        );

        await host.ConnectDeviceAsync("c333");

        await host.FindTwinAsync("c333", twin => twin.Snaps.Count > 0);
    }

    [Fact]
    public async Task After_a_restart_of_the_broker_devices_are_heard_again()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Broker = broker });
        await host.ConnectDeviceAsync("c333");
        var before = await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt is not null);

        await broker.StopAsync();
        await Eventually.BecomesTrueAsync(() => !host.IsConnected, "the loss is seen");
        await broker.RestartAsync();

        await host.FindTwinAsync("c333", twin => twin.Heartbeat.HeartbeatAt > before.Heartbeat.HeartbeatAt);
        await host.ConnectDeviceAsync("c334");
        await host.FindTwinAsync("c334", twin => twin.Snaps.Count > 0);
    }

    [Fact]
    public async Task An_answer_that_was_sent_while_the_service_was_away_is_taken_after_its_start()
    {
        await using var broker = await MosquittoBroker.StartAsync(tls: null, NoLimits);
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Broker = broker });
        var agent = await host.ConnectDeviceAsync("c333");
        await host.FindTwinAsync("c333", twin => twin.Snaps.Count > 0);
        // The device takes the action and keeps its answer to itself.
        var actionId = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.Device.OverrideAnswer(
            "install",
            action =>
            {
                actionId.TrySetResult(action.Id!);
                return null;
            }
        );
        var data = await host.QueryAsync(
            """
            mutation {
              installSnap(input: { organizationId: "demo", deviceId: "c333", snap: "htop" }) {
                action { actionId }
                errors { __typename }
              }
            }
            """
        );
        var requested = data.GetProperty("installSnap").GetProperty("action").GetProperty("actionId").GetString()!;
        Assert.Equal(requested, await actionId.Task.WaitAsync(TimeSpan.FromSeconds(20)));

        await host.StopAsync();
        var answer = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                id = requested,
                action = "install",
                success = true,
                result = "107",
            }
        );
        Assert.True(await agent.PublishAsync("devices/pub/c333", answer, quality: 1, CancellationToken.None));
        await host.StartAsync();

        await Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var context = await host.OpenStoreAsync();
                var action = await context.Actions.SingleAsync(action => action.ActionId == requested);
                return action is { Status: ActionStatus.Completed, Message: "107" };
            },
            "the answer has completed its action"
        );
    }

    [Fact]
    public async Task With_the_broker_away_the_service_is_up_and_becomes_ready_when_it_comes()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await broker.StopAsync();
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions { Broker = broker, WaitsForBroker = false }
        );

        using var live = await host.GetAsync("healthz/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await Eventually.BecomesTrueAsync(() => host.Log.Contains("Cannot connect to"), "the log says so");
        using (var unready = await host.GetAsync("healthz/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);
            using var body = JsonDocument.Parse(await unready.Content.ReadAsStringAsync());
            var checks = body.RootElement.GetProperty("checks");
            Assert.True(checks.GetProperty("store").GetProperty("healthy").GetBoolean());
            Assert.False(checks.GetProperty("broker").GetProperty("healthy").GetBoolean());
            Assert.NotEmpty(checks.GetProperty("broker").GetProperty("reason").GetString()!);
        }

        await broker.RestartAsync();

        await Eventually.BecomesTrueAsync(
            async () =>
            {
                using var ready = await host.GetAsync("healthz/ready");
                return ready.StatusCode == HttpStatusCode.OK;
            },
            "the service is ready",
            TimeSpan.FromSeconds(60)
        );
    }
}
