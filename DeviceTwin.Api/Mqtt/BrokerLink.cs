using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// One connection to the broker, seen from below MQTTnet's client. The client puts received messages into a queue that has no
/// bound, so they are taken out here, before they reach it: while too much waits for its place nothing more is read from the socket,
/// and TCP makes the broker wait. The end of the connection ends everything that waits for it.
/// </summary>
/// <param name="inner">MQTTnet's own adapter.</param>
/// <param name="channel">The bytes below it.</param>
/// <param name="room">Where messages wait for their place.</param>
/// <param name="take">Takes a message; may wait. Messages of one channel find their places in the order of the calls.</param>
internal sealed class BrokerLink(
    IMqttChannelAdapter inner,
    JoinedChannel channel,
    IntakeRoom room,
    Func<BrokerLink, MqttPublishPacket, CancellationToken, ValueTask> take
) : IMqttChannelAdapter
{
    private readonly EndSignal ended = new();
    private readonly TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource pingSent = NewSignal();

    /// <summary>Ends with the reason when a message could not be taken or acknowledged for a reason of our own.</summary>
    public Task<Exception> WhenFailed => failed.Task;

    /// <summary>The connection is of no more use for a reason of our own.</summary>
    /// <param name="fault">The reason.</param>
    public void Fail(Exception fault) => failed.TrySetResult(fault);

    /// <summary>For how long the packet that is being written has been under way; zero while nothing is written.</summary>
    public TimeSpan WriteTime => channel.WriteTime;

    /// <summary>Whether messages wait for their places.</summary>
    public bool HasWaiting => room.IsUsed;

    /// <summary>Since when no message has come in or found its place.</summary>
    public TimeSpan IdleTime => room.IdleTime;

    /// <inheritdoc/>
    public long BytesReceived => inner.BytesReceived;

    /// <inheritdoc/>
    public long BytesSent => inner.BytesSent;

    /// <inheritdoc/>
    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        ended.Raise();
        await inner.DisconnectAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (room.WhenFree is { IsCompleted: false } free)
            {
                // The broker's answer to a ping waits behind the messages that wait for us: while they do, we stand in for it,
                // or the client would take the connection for dead. Whether anything moves at all is for LinkWatch to see.
                if (await Task.WhenAny(free, pingSent.Task) != free)
                {
                    pingSent = NewSignal();
                    return MqttPingRespPacket.Instance;
                }
            }

            var packet = await inner.ReceivePacketAsync(cancellationToken);
            if (packet is MqttPingRespPacket)
            {
                pingSent = NewSignal();
            }

            if (packet is not MqttPublishPacket message)
            {
                return packet;
            }

            room.NoteMove();
            var taking = take(this, message, ended.Token);
            if (!taking.IsCompletedSuccessfully)
            {
                _ = HoldAsync(taking.AsTask(), message.Payload.Length);
            }
        }
    }

    /// <inheritdoc/>
    public void ResetStatistics() => inner.ResetStatistics();

    /// <inheritdoc/>
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttPingReqPacket)
        {
            pingSent.TrySetResult();
        }

        return inner.SendPacketAsync(packet, cancellationToken);
    }

    /// <summary>Acknowledges messages (QoS 1), all at once.</summary>
    /// <param name="packetIdentifiers">What the broker calls them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AcknowledgeAsync(IReadOnlyList<ushort> packetIdentifiers, CancellationToken cancellationToken)
    {
        // Without reason and properties, which is success, in MQTT 5 as in 3.1.1.
        const int Length = 4;
        var packets = ArrayPool<byte>.Shared.Rent(packetIdentifiers.Count * Length);
        try
        {
            for (var place = 0; place < packetIdentifiers.Count; place++)
            {
                var packet = packets.AsSpan(place * Length, Length);
                (packet[0], packet[1]) = ((byte)MqttControlPacketType.PubAck << 4, 2);
                BinaryPrimitives.WriteUInt16BigEndian(packet[2..], packetIdentifiers[place]);
            }

            await channel.WritePacketsAsync(packets.AsMemory(0, packetIdentifiers.Count * Length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packets);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Raise();
        inner.Dispose();
    }

    private async Task HoldAsync(Task taking, long payload)
    {
        try
        {
            await room.HoldAsync(taking, payload);
        }
        catch (OperationCanceledException) when (ended.IsRaised)
        {
            // It is not acknowledged: the broker delivers it again.
        }
#pragma warning disable CA1031 // Nobody waits for this task: whatever it is ends the connection, with this reason.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Fail(fault);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
