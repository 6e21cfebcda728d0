using System.Buffers;
using System.Net;
using System.Net.Sockets;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Load;

/// <summary>Publishes on one connection, as fast as the broker acknowledges.</summary>
internal sealed class BurstPublisher : IAsyncDisposable
{
    private const int BlockSize = 100;

    // Identifiers are 16 bits: fewer may be unacknowledged.
    private const int BlocksInFlight = 600;
    private const int AcknowledgementLength = 4;

    private readonly SemaphoreSlim room = new(BlocksInFlight);
    private readonly TcpClient socket = new() { NoDelay = true };
    private readonly ArrayBufferWriter<byte> packets = new();

    private BurstPublisher() { }

    private NetworkStream Stream => socket.GetStream();

    /// <summary>Connects.</summary>
    /// <param name="port">The broker's port of 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="clientId">The client's id, unique at the broker.</param>
    /// <exception cref="ServerException">The broker refuses.</exception>
    public static async Task<BurstPublisher> ConnectAsync(
        int port,
        CancellationToken cancellationToken,
        string clientId = "bench-publisher"
    )
    {
        var publisher = new BurstPublisher();
        await publisher.socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await publisher.Stream.WriteAsync(MqttPackets.Connect(clientId), cancellationToken);
        var answer = new byte[4];
        await publisher.Stream.ReadExactlyAsync(answer, cancellationToken);
        return answer[3] == 0 ? publisher : throw new ServerException($"The broker refuses the publisher: {answer[3]}");
    }

    /// <summary>Encodes messages (QoS 1).</summary>
    public static Burst Encode(IEnumerable<(string Topic, byte[] Payload)> messages)
    {
        var block = new ArrayBufferWriter<byte>();
        var blocks = new List<byte[]>();
        var count = 0;
        foreach (var (topic, payload) in messages)
        {
            MqttPackets.WritePublish(block, topic, payload, (ushort)((count % ushort.MaxValue) + 1));
            count++;
            if (count % BlockSize == 0)
            {
                Close();
            }
        }

        Close();
        return new Burst(blocks, count);

        void Close()
        {
            if (block.WrittenCount > 0)
            {
                blocks.Add(block.WrittenSpan.ToArray());
                block.ResetWrittenCount();
            }
        }
    }

    /// <summary>Publishes all of a burst and waits until the broker has acknowledged it.</summary>
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

    /// <summary>Publishes messages at once (QoS 0). Not while a burst is published.</summary>
    public async Task PublishAsync(
        IEnumerable<(string Topic, byte[] Payload)> messages,
        CancellationToken cancellationToken
    )
    {
        packets.ResetWrittenCount();
        foreach (var (topic, payload) in messages)
        {
            MqttPackets.WritePublish(packets, topic, payload, identifier: null);
        }

        await Stream.WriteAsync(packets.WrittenMemory, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.WriteAsync(MqttPackets.Disconnect());
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
            bytes += read > 0 ? read : throw new ServerException("The broker closed the publisher's connection.");
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
