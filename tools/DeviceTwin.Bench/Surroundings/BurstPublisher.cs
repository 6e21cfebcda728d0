using System.Net;
using System.Net.Sockets;
using DeviceTwin.Servers;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>
/// Publishes messages that were encoded before, on one connection, as fast as the broker acknowledges them. It stands below MQTTnet's client, which
/// does so much for each message that it would be what is measured.
/// </summary>
internal sealed class BurstPublisher : IAsyncDisposable
{
    private const int BlockSize = 100;

    // Identifiers are 16 bits: fewer may be unacknowledged.
    private const int BlocksInFlight = 600;
    private const int AcknowledgementLength = 4;

    private readonly SemaphoreSlim room = new(BlocksInFlight);
    private readonly TcpClient socket = new() { NoDelay = true };
    private readonly MqttPacketFormatterAdapter formatter = new(
        MqttProtocolVersion.V311,
        new MqttBufferWriter(4096, 65536)
    );

    private BurstPublisher() { }

    private NetworkStream Stream => socket.GetStream();

    /// <summary>Connects.</summary>
    /// <param name="port">The broker's port of 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ServerException">The broker refuses.</exception>
    public static async Task<BurstPublisher> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var publisher = new BurstPublisher();
        await publisher.socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var hello = new MqttConnectPacket { ClientId = "bench-publisher", CleanSession = true };
        await publisher.Stream.WriteAsync(publisher.formatter.Encode(hello).ToArray(), cancellationToken);
        var answer = new byte[4];
        await publisher.Stream.ReadExactlyAsync(answer, cancellationToken);
        return answer[3] == 0 ? publisher : throw new ServerException($"Mosquitto refuses the publisher: {answer[3]}");
    }

    /// <summary>Encodes messages (QoS 1).</summary>
    public Burst Encode(IEnumerable<(string Topic, byte[] Payload)> messages)
    {
        var encoded = messages.Select(
            (message, number) =>
                formatter
                    .Encode(
                        new MqttPublishPacket
                        {
                            Topic = message.Topic,
                            PayloadSegment = message.Payload,
                            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                            PacketIdentifier = (ushort)((number % ushort.MaxValue) + 1),
                        }
                    )
                    .ToArray()
        );
        byte[][][] blocks = [.. encoded.Chunk(BlockSize)];
        return new Burst(
            [.. blocks.Select(block => block.SelectMany(message => message).ToArray())],
            blocks.Sum(block => block.Length)
        );
    }

    /// <summary>Publishes all of them and waits until the broker has acknowledged them.</summary>
    public async Task PublishAsync(Burst burst, CancellationToken cancellationToken)
    {
        var acknowledging = ReadAcknowledgementsAsync(burst, cancellationToken);
        foreach (var block in burst.Blocks)
        {
            await room.WaitAsync(cancellationToken);
            await Stream.WriteAsync(block, cancellationToken);
        }

        await acknowledging;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.WriteAsync(formatter.Encode(new MqttDisconnectPacket()).ToArray());
        socket.Dispose();
        room.Dispose();
    }

    // Nothing else comes on this connection, and each is four bytes: they need only be counted.
    private async Task ReadAcknowledgementsAsync(Burst burst, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var bytes = 0;
        var released = 0;
        while (bytes < burst.Messages * AcknowledgementLength)
        {
            var read = await Stream.ReadAsync(buffer, cancellationToken);
            bytes += read > 0 ? read : throw new ServerException("Mosquitto closed the publisher's connection.");
            var blocks = bytes / AcknowledgementLength / BlockSize;
            if (blocks > released)
            {
                room.Release(blocks - released);
                released = blocks;
            }
        }

        if (released < burst.Blocks.Count)
        {
            room.Release();
        }
    }

    /// <summary>Encoded messages.</summary>
    /// <param name="Blocks">Some of them each, to be written at once.</param>
    /// <param name="Messages">How many they are.</param>
    internal sealed record Burst(IReadOnlyList<byte[]> Blocks, int Messages);
}
