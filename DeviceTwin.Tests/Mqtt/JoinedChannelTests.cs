using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace DeviceTwin.Tests.Mqtt;

public sealed class JoinedChannelTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Head = [0x30, 5, 0, 1, (byte)'t'];
    private static readonly byte[] Payload = [1, 2];
    private static readonly byte[] Acknowledgements = [0x40, 2, 0, 1, 0x40, 2, 0, 2];

    [Fact]
    public async Task A_packet_that_was_begun_is_written_to_its_end_though_its_sender_has_given_up()
    {
        using var sender = new CancellationTokenSource();
        var written = new Bytes();
        using var channel = new JoinedChannel(written, TimeProvider.System);

        await channel.WriteAsync(new(Head), isEndOfPacket: false, sender.Token);
        await sender.CancelAsync();
        await channel.WriteAsync(new(Payload), isEndOfPacket: true, sender.Token);
        await channel.WritePacketsAsync(Acknowledgements, CancellationToken.None);

        Assert.Equal([.. Head, .. Payload, .. Acknowledgements], written.All);
    }

    [Fact]
    public async Task Nothing_comes_between_the_parts_of_a_packet()
    {
        var written = new Bytes();
        using var channel = new JoinedChannel(written, TimeProvider.System);

        await channel.WriteAsync(new(Head), isEndOfPacket: false, CancellationToken.None);
        var acknowledging = channel.WritePacketsAsync(Acknowledgements, CancellationToken.None);
        await channel.WriteAsync(new(Payload), isEndOfPacket: true, CancellationToken.None);
        await acknowledging;

        Assert.Equal([.. Head, .. Payload, .. Acknowledgements], written.All);
    }

    [Fact]
    public async Task A_packet_that_its_sender_gave_up_before_its_turn_is_not_begun_and_others_are_written()
    {
        using var sender = new CancellationTokenSource();
        var written = new Bytes();
        using var channel = new JoinedChannel(written, TimeProvider.System);
        await channel.WriteAsync(new(Head), isEndOfPacket: false, CancellationToken.None);

        var acknowledging = channel.WritePacketsAsync(Acknowledgements, sender.Token);
        await sender.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acknowledging);
        await channel.WriteAsync(new(Payload), isEndOfPacket: true, CancellationToken.None);
        await channel.WritePacketsAsync(Acknowledgements, CancellationToken.None);

        Assert.Equal([.. Head, .. Payload, .. Acknowledgements], written.All);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_turn_to_the_next()
    {
        var written = new Bytes { Fault = new IOException("gone") };
        using var channel = new JoinedChannel(written, TimeProvider.System);

        await Assert.ThrowsAsync<IOException>(() => channel.WriteAsync(new(Head), isEndOfPacket: false, default));
        written.Fault = null;
        await channel.WritePacketsAsync(Acknowledgements, CancellationToken.None);

        Assert.Equal(Acknowledgements, written.All);
    }

    [Fact]
    public async Task The_end_of_the_connection_ends_what_waits_to_be_written()
    {
        var written = new Bytes();
        using var channel = new JoinedChannel(written, TimeProvider.System);
        await channel.WriteAsync(new(Head), isEndOfPacket: false, CancellationToken.None);
        var acknowledging = channel.WritePacketsAsync(Acknowledgements, CancellationToken.None);
        Assert.False(acknowledging.IsCompleted);

        channel.Dispose();

        await Assert.ThrowsAsync<MqttCommunicationException>(() => acknowledging.WaitAsync(Limit));
        await Assert.ThrowsAsync<MqttCommunicationException>(() =>
            channel.WritePacketsAsync(Acknowledgements, CancellationToken.None).WaitAsync(Limit)
        );
        Assert.Equal(Head, written.All);
    }

    [Fact]
    public async Task How_long_a_packet_is_under_way_is_known()
    {
        var clock = new FakeTimeProvider();
        using var channel = new JoinedChannel(new Bytes(), clock);
        Assert.Equal(TimeSpan.Zero, channel.WriteTime);

        await channel.WriteAsync(new(Head), isEndOfPacket: false, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), channel.WriteTime);

        await channel.WriteAsync(new(Payload), isEndOfPacket: true, CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, channel.WriteTime);
    }

    // As MQTTnet's own: it writes nothing where its caller has given up.
    private sealed class Bytes : IMqttChannel
    {
        public List<byte> All { get; } = [];

        public Exception? Fault { get; set; }

        public X509Certificate2 ClientCertificate => throw new NotSupportedException();

        public EndPoint RemoteEndPoint => throw new NotSupportedException();

        public EndPoint LocalEndPoint => throw new NotSupportedException();

        public bool IsSecureConnection => false;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Fault is not null)
            {
                return Task.FromException(Fault);
            }

            All.AddRange(buffer.ToArray());
            return Task.CompletedTask;
        }

        public void Dispose() { }
    }
}
