using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Mqtt;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace DeviceTwin.Tests.Mqtt;

public sealed class BoundedChannelTests
{
    private const int Limit = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Packets_within_the_bound_pass_however_they_come_in_and_the_first_is_told_once(int count)
    {
        var begun = 0;
        byte[] bytes = [.. Packet(0), .. Packet(127), .. Packet(128), .. Packet(Limit), .. Packet(0)];
        using var channel = new BoundedChannel(new Bytes(bytes), Limit, () => begun++);

        Assert.Equal(bytes, await ReadAllAsync(channel, count));
        Assert.Equal(1, begun);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task A_packet_beyond_it_is_not_read_further_than_its_length(int count)
    {
        byte[] bytes = [.. Packet(Limit), .. Packet(Limit + 1)];
        using var channel = new BoundedChannel(new Bytes(bytes), Limit, () => { });

        await Assert.ThrowsAsync<MqttProtocolViolationException>(() => ReadAllAsync(channel, count));
    }

    [Fact]
    public async Task A_length_that_does_not_end_is_not_read_on()
    {
        using var channel = new BoundedChannel(new Bytes([0x30, 0x80, 0x80, 0x80, 0x80, 0x80]), Limit, () => { });

        await Assert.ThrowsAsync<MqttProtocolViolationException>(() => ReadAllAsync(channel, 1));
    }

    private static byte[] Packet(int length) =>
        length < 128
            ? [0x30, (byte)length, .. new byte[length]]
            : [0x30, (byte)((length & 0x7f) | 0x80), (byte)(length >> 7), .. new byte[length]];

    private static async Task<byte[]> ReadAllAsync(BoundedChannel channel, int count)
    {
        var all = new List<byte>();
        var buffer = new byte[count];
        while (await channel.ReadAsync(buffer, 0, count, default) is > 0 and var read)
        {
            all.AddRange(buffer.AsSpan(0, read));
        }

        return [.. all];
    }

    private sealed class Bytes(byte[] bytes) : IMqttChannel
    {
        private readonly MemoryStream stream = new(bytes);

        public X509Certificate2 ClientCertificate => null!;

        public EndPoint RemoteEndPoint => null!;

        public EndPoint LocalEndPoint => null!;

        public bool IsSecureConnection => false;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            stream.ReadAsync(buffer, offset, count, cancellationToken);

        public Task WriteAsync(
            ReadOnlySequence<byte> buffer,
            bool isEndOfPacket,
            CancellationToken cancellationToken
        ) => Task.CompletedTask;

        public void Dispose() => stream.Dispose();
    }
}
