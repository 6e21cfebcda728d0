using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>Clients of the embedded broker that do not take what is sent to them.</summary>
public sealed class EmbeddedQueuesTests
{
    private const int Megabyte = 1024 * 1024;
    private const string OwnTopic = "elsewhere/greedy";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_device_that_publishes_to_itself_and_stops_reading_costs_little_and_others_are_served(
        int quality
    )
    {
        await using var door = await Door.OpenAsync();
        using var greedy = await GreedyDevice.ConnectAsync(door.Port, OwnTopic);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var message = 0; message < 200; message++)
        {
            await greedy.PublishAsync(OwnTopic, new byte[Megabyte], quality);
        }

        await Eventually.BecomesTrueAsync(
            () => door.Log.CountOf("Client greedy does not take what is sent to it") >= 1,
            "a line says so"
        );
        await IsServedAsync(door);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 60L * Megabyte);
        Assert.Equal(1, door.Log.CountOf("Client greedy does not take what is sent to it"));
    }

    [Fact]
    public async Task A_device_that_does_not_read_its_answers_is_not_read_any_further()
    {
        await using var door = await Door.OpenAsync();
        using var greedy = await GreedyDevice.ConnectAsync(door.Port, OwnTopic);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var sent = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            for (; sent < 2_000_000; sent++)
            {
                await greedy.PublishAsync("nobody/listens", new byte[1000], quality: 1, limit.Token);
            }
        });
        await IsServedAsync(door);
    }

    [Fact]
    public async Task An_action_for_a_device_without_room_waits_and_is_sent_when_it_reads_again()
    {
        await using var door = await Door.OpenAsync(mqtt => mqtt.EmbeddedPendingBytes = 100_000);
        using var greedy = await GreedyDevice.ConnectAsync(door.Port, "devices/sub/greedy");
        // More than sockets hold.
        for (var message = 0; message < 30; message++)
        {
            await greedy.PublishAsync("devices/sub/greedy", new byte[Megabyte], quality: 0);
        }

        await Eventually.BecomesTrueAsync(() => door.Log.CountOf("does not take what is sent") >= 1, "it has no room");
        door.Outbox.Add("1", "greedy", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => !door.Outbox.Deferred.IsEmpty, "the action waits");
        Assert.Empty(door.Outbox.Sent);

        var reading = greedy.ReadAllAsync();
        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 1, "it is sent");
        greedy.Dispose();
        await reading;
    }

    [Fact]
    public async Task While_the_service_has_no_room_devices_wait_and_nothing_of_QoS_1_is_lost()
    {
        const int Count = 300;
        var open = new TaskCompletionSource();
        await using var door = await Door.OpenAsync(
            mqtt =>
            {
                mqtt.EmbeddedPendingTotal = 100_000;
                mqtt.IntakeBytes = 1;
                mqtt.IntakeCapacity = 16;
                mqtt.ReceiveMaximum = 10;
            },
            new FakeIntake
            {
                Apply = async (_, token) =>
                {
                    await open.Task.WaitAsync(token);
                    return null;
                },
            }
        );
        var device = await door.ConnectDeviceAsync();
        var sending = SendAsync();
        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesReceived > 0, "some are received");
        Assert.False(sending.IsCompleted);

        open.SetResult();
        await sending.WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.BecomesTrueAsync(() => door.Intake.Answers.Count == Count, "all are stored");

        async Task SendAsync() =>
            await Task.WhenAll(
                Enumerable
                    .Range(0, Count)
                    .Select(number =>
                        device.AnswerAsync(
                            $"d{number}",
                            $$"""{"id":"{{number}}","action":"ack","success":true,"message":"{{new string('x', 10_000)}}"}"""
                        )
                    )
            );
    }

    private static async Task IsServedAsync(Door door)
    {
        var other = await door.ConnectDeviceAsync("other");
        await other.SubscribeAsync("devices/sub/other", MqttQualityOfServiceLevel.AtLeastOnce);
        await other.BeatAsync("other");
        door.Outbox.Add("1", "other", ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => door.Outbox.Sent.Count == 1, "another device gets its action");
        await Eventually.BecomesTrueAsync(
            () => door.Intake.Stored.Any(sighting => sighting.DeviceId == "other"),
            "and sends a heartbeat"
        );
    }

    /// <summary>A client over a bare socket, which reads nothing but the answers to its first two packets.</summary>
    private sealed class GreedyDevice : IDisposable
    {
        // A small buffer, so that what is not read stays with the broker and not with the system.
        private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };

        public static async Task<GreedyDevice> ConnectAsync(int port, string topic)
        {
            var device = new GreedyDevice();
            await device.socket.ConnectAsync(IPAddress.Loopback, port);
            // MQTT 3.1.1, clean session, no keep-alive.
            await device.SendAsync(0x10, [.. Text("MQTT"), 4, 2, 0, 0, .. Text("greedy")]);
            await device.ReadAsync(4);
            await device.SendAsync(0x82, [0, 1, .. Text(topic), 1]);
            await device.ReadAsync(5);
            return device;
        }

        public Task PublishAsync(string topic, byte[] payload, int quality, CancellationToken token = default) =>
            SendAsync(
                (byte)(0x30 | (quality << 1)),
                quality == 0 ? [.. Text(topic), .. payload] : [.. Text(topic), 0, 1, .. payload],
                token
            );

        /// <summary>Reads until the connection ends.</summary>
        public async Task ReadAllAsync()
        {
            var buffer = new byte[Megabyte];
            try
            {
                while (await socket.ReceiveAsync(buffer) > 0) { }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        public void Dispose() => socket.Dispose();

        private async Task ReadAsync(int count)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            for (var read = 0; read < count; )
            {
                read += await socket.ReceiveAsync(new byte[count - read], limit.Token);
            }
        }

        private async Task SendAsync(byte kind, byte[] body, CancellationToken token = default)
        {
            List<byte> packet = [kind];
            for (var length = body.Length; ; length >>= 7)
            {
                packet.Add((byte)(length > 127 ? (length & 127) | 128 : length));
                if (length <= 127)
                {
                    break;
                }
            }

            byte[] bytes = [.. packet, .. body];
            for (var sent = 0; sent < bytes.Length; )
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent), token);
            }
        }

        private static byte[] Text(string text)
        {
            var bytes = new byte[2 + Encoding.UTF8.GetByteCount(text)];
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(bytes.Length - 2));
            Encoding.UTF8.GetBytes(text, bytes.AsSpan(2));
            return bytes;
        }
    }
}
