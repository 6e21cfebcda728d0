using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// One connection to the broker, seen from below MQTTnet's client. The client puts received messages into a queue that has no
/// bound, so they are taken out here, before they reach it: nothing more is read from the socket until a message has found its
/// place, and TCP makes the broker wait.
/// </summary>
/// <param name="inner">MQTTnet's own adapter.</param>
/// <param name="channel">The bytes below it.</param>
/// <param name="take">Takes a message; may wait.</param>
internal sealed class BrokerLink(
    IMqttChannelAdapter inner,
    JoinedChannel channel,
    Func<BrokerLink, MqttPublishPacket, CancellationToken, ValueTask> take
) : IMqttChannelAdapter
{
    private readonly CancellationTokenSource gone = new();
    private volatile TaskCompletionSource pingSent = NewSignal();
    private Task? taking;

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
        await gone.CancelAsync();
        await inner.DisconnectAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (taking is not null)
            {
                // The broker's answer to a ping waits behind the messages that wait for us: while they do, we stand in for it,
                // or the client would take the connection for dead.
                if (await Task.WhenAny(taking, pingSent.Task) != taking)
                {
                    pingSent = NewSignal();
                    return MqttPingRespPacket.Instance;
                }

                await taking;
                taking = null;
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

            var task = take(this, message, gone.Token);
            taking = task.IsCompletedSuccessfully ? null : task.AsTask();
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
        gone.Cancel();
        gone.Dispose();
        inner.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Makes MQTTnet's client use a <see cref="BrokerLink"/>.</summary>
/// <param name="take">Takes a message; may wait.</param>
internal sealed class BrokerLinkFactory(Func<BrokerLink, MqttPublishPacket, CancellationToken, ValueTask> take)
    : IMqttClientAdapterFactory
{
    /// <inheritdoc/>
    public IMqttChannelAdapter CreateClientAdapter(
        MqttClientOptions options,
        MqttPacketInspector packetInspector,
        IMqttNetLogger logger
    )
    {
#pragma warning disable CA2000 // The link disposes its adapter, and that its channel.
        var channel = new JoinedChannel(new MqttTcpChannel(options));
        var formatter = new MqttPacketFormatterAdapter(
            options.ProtocolVersion,
            new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)
        );
        var adapter = new MqttChannelAdapter(channel, formatter, logger)
        {
            AllowPacketFragmentation = options.AllowPacketFragmentation,
            PacketInspector = packetInspector,
        };
#pragma warning restore CA2000
        return new BrokerLink(adapter, channel, take);
    }
}
