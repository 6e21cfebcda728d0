using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DeviceTwin.Api.Mqtt.Certificates;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>What <c>deploy/</c> tells operators to do, done: certificates of <c>certs</c>, its Mosquitto, its access rules.</summary>
public sealed class DeploymentTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Device = "device-0001";
    private const string Other = "device-0002";
    private MosquittoDeployment deployment = null!;

    public async Task InitializeAsync() =>
        deployment = await MosquittoDeployment.StartAsync([Device, Other], "devicetwin-2");

    public async Task DisposeAsync() => await deployment.DisposeAsync();

    [Fact]
    public async Task A_device_with_its_own_certificate_becomes_a_twin_and_cannot_speak_for_another()
    {
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Configure = deployment.Use });
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions
            {
                Devices = 1,
                Interval = TimeSpan.FromSeconds(1),
                Broker = "localhost",
                Port = deployment.Port,
                Tls = new TlsFiles(deployment.PathOf("ca.crt"), Folder: deployment.Folder),
            }
        );
        fleet.Start();
        var twin = await host.FindTwinAsync(Device, twin => twin.Snaps.Count > 0 && twin.Metrics is not null);

        var stranger = """{"orgId":"demo","deviceId":"device-0002","refresh":"2026-11-23T09:30:00Z"}""";
        await fleet[Device]
            .PublishAsync($"devices/health/{Other}", Encoding.UTF8.GetBytes(stranger), quality: 1, default);

        // What it sent after that has arrived.
        var next = await host.FindTwinAsync(Device, now => now.Heartbeat.HeartbeatAt > twin.Heartbeat.HeartbeatAt);
        await host.FindTwinAsync(Device, now => now.Heartbeat.HeartbeatAt > next.Heartbeat.HeartbeatAt);
        await using var context = await host.OpenStoreAsync();
        Assert.Empty(context.Actions.Where(action => action.DeviceId == Other));
        Assert.Contains($"Denied PUBLISH from {Device}", deployment.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_publishes_to_topics_of_its_own_and_no_others()
    {
        var device = await ConnectAsync(Device);
        string[] own =
        [
            $"devices/health/{Device}",
            $"devices/pub/{Device}",
            $"devices/twin/{Device}/reported",
            $"devices/twin/{Device}/get",
            // Mosquitto cannot know a device's organization.
            "metrics/any",
        ];
        string[] others =
        [
            $"devices/health/{Other}",
            $"devices/pub/{Other}",
            $"devices/sub/{Device}",
            $"devices/sub/{Other}",
            $"devices/twin/{Other}/reported",
            $"devices/twin/{Other}/get",
            $"devices/twin/{Device}/desired",
            $"devices/twin/{Device}/reported/accepted",
            "devicetwin/heartbeats/demo",
            "metrics/any/more",
            "anything",
        ];
        foreach (var topic in own)
        {
            Assert.NotEqual(MqttClientPublishReasonCode.NotAuthorized, await PublishAsync(device, topic));
        }

        foreach (var topic in others)
        {
            // Mosquitto 2.0 ends the connection of an MQTT 5 client that it has refused something.
            device = await ConnectAsync(Device);
            Assert.True(
                await PublishAsync(device, topic) == MqttClientPublishReasonCode.NotAuthorized,
                $"{topic} is refused"
            );
        }
    }

    [Theory]
    [InlineData(Device, true)]
    [InlineData(Other, false)]
    public async Task A_last_will_is_read_on_a_topic_of_its_own_alone(string named, bool isRead)
    {
        var service = await ConnectAsync("server", "devicetwin");
        var heard = new ConcurrentQueue<string>();
        service.ApplicationMessageReceivedAsync += message =>
        {
            heard.Enqueue(message.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await service.SubscribeAsync("devices/health/+", MqttQualityOfServiceLevel.AtLeastOnce);
        var device = await deployment.ConnectAsync(
            deployment.Certificate(Device),
            Device,
            options => options.WithWillTopic($"devices/health/{named}").WithWillPayload("{}")
        );

        // Gone without a word, which is when a will is read.
        device.Dispose();
        await Eventually.BecomesTrueAsync(
            () => deployment.Log.Contains($"Client {Device} ", StringComparison.Ordinal),
            "Mosquitto has seen it go"
        );
        var other = await ConnectAsync(Other);
        await PublishAsync(other, $"devices/health/{Other}");

        string[] expected = isRead
            ? [$"devices/health/{Device}", $"devices/health/{Other}"]
            : [$"devices/health/{Other}"];
        await Eventually.BecomesTrueAsync(() => heard.Count >= expected.Length, "what is let through is heard");
        Assert.Equal(expected, heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_device_hears_what_it_is_told_and_nothing_else_whatever_it_subscribes_to()
    {
        var device = await ConnectAsync(Device);
        var heard = new List<string>();
        device.ApplicationMessageReceivedAsync += message =>
        {
            lock (heard)
            {
                heard.Add(message.ApplicationMessage.Topic);
            }

            return Task.CompletedTask;
        };
        foreach (
            var filter in new[]
            {
                "#",
                "devices/sub/+",
                $"devices/sub/{Other}",
                "devices/twin/+/#",
                "$share/group/devices/#",
                "metrics/+",
                $"devices/sub/{Device}",
                $"devices/twin/{Device}/#",
            }
        )
        {
            await device.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        var service = await ConnectAsync("server", "devicetwin");
        var other = await ConnectAsync(Other);
        await PublishAsync(service, $"devices/sub/{Other}");
        await PublishAsync(service, $"devices/twin/{Other}/desired");
        await PublishAsync(other, $"devices/health/{Other}");
        await PublishAsync(other, "metrics/any");
        await PublishAsync(service, $"devices/twin/{Device}/desired");
        await PublishAsync(service, $"devices/sub/{Device}");

        // It comes once for each subscription that it matches, the last one last.
        await Eventually.BecomesTrueAsync(() => CountOf($"devices/sub/{Device}") >= 1, "it hears what it is told");
        // An answer to a question that was asked after all of them: nothing is under way any more.
        await device.PingAsync();
        lock (heard)
        {
            Assert.Equal(
                [$"devices/sub/{Device}", $"devices/twin/{Device}/desired"],
                heard.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            );
        }

        int CountOf(string topic)
        {
            lock (heard)
            {
                return heard.Count(one => one == topic);
            }
        }
    }

    [Fact]
    public async Task Replicas_with_certificates_of_their_own_share_what_devices_say_and_answer_on_the_twin_topics()
    {
        var first = await ConnectAsync("server", "anything");
        var second = await ConnectAsync("devicetwin-2", "anything");
        var heard = 0;
        foreach (var replica in new[] { first, second })
        {
            replica.ApplicationMessageReceivedAsync += _ =>
            {
                Interlocked.Increment(ref heard);
                return Task.CompletedTask;
            };
            foreach (
                var filter in new[]
                {
                    "$share/twins/devices/health/+",
                    "$share/twins/devices/twin/+/reported",
                    "$share/twins/devices/twin/+/get",
                    "$share/twins/metrics/+",
                }
            )
            {
                await replica.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);
            }
        }

        var device = await ConnectAsync(Device);
        await PublishAsync(device, $"devices/health/{Device}");
        await PublishAsync(device, $"devices/twin/{Device}/reported");
        await PublishAsync(device, $"devices/twin/{Device}/get");
        await PublishAsync(device, "metrics/any");

        await Eventually.BecomesTrueAsync(() => heard >= 4, "each message is heard");
        Assert.True(first.IsConnected && second.IsConnected);
        foreach (var topic in new[] { "desired", "reported/accepted", "reported/rejected", "get/accepted" })
        {
            Assert.NotEqual(
                MqttClientPublishReasonCode.NotAuthorized,
                await PublishAsync(second, $"devices/twin/{Device}/{topic}")
            );
        }

        Assert.Equal(4, heard);
    }

    [Fact]
    public async Task Another_certificate_does_not_take_over_a_connection_by_its_client_id()
    {
        var device = await ConnectAsync(Device);

        var thief = await ConnectAsync(Other, Device);

        await device.PingAsync();
        Assert.True(thief.IsConnected);
        // It is connected as itself, and may do what it may do.
        Assert.NotEqual(
            MqttClientPublishReasonCode.NotAuthorized,
            await PublishAsync(thief, $"devices/health/{Other}")
        );
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await PublishAsync(thief, $"devices/health/{Device}"));
        var again = await ConnectAsync(Device);
        await Eventually.BecomesTrueAsync(() => !device.IsConnected, "its own certificate takes over");
        Assert.True(again.IsConnected);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused() => await IsRefusedAsync(certificate: null);

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var others = new TestCertificates();
        using var certificate = others.Issue(Device);
        await IsRefusedAsync(certificate);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        using var authority = new CertificateFiles(deployment.Folder).ReadAuthority("ca.crt", "ca.key");
        var until = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        using var certificate = authority.IssueToClient(Device, (until.AddHours(-1), until));
        await IsRefusedAsync(certificate);
    }

    [Fact]
    public async Task A_brokers_certificate_is_none_for_a_client() =>
        await IsRefusedAsync(deployment.Certificate("broker"));

    private async Task IsRefusedAsync(X509Certificate2? certificate) =>
        await Assert.ThrowsAnyAsync<MqttCommunicationException>(() => deployment.ConnectAsync(certificate, Device));

    private Task<IMqttClient> ConnectAsync(string file, string? clientId = null) =>
        deployment.ConnectAsync(deployment.Certificate(file), clientId ?? file);

    private static async Task<MqttClientPublishReasonCode> PublishAsync(IMqttClient client, string topic)
    {
        var answer = await client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(topic)
                .WithPayload("{}")
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build()
        );
        return answer.ReasonCode;
    }
}
