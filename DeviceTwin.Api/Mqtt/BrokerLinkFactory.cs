using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Packets;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Makes MQTTnet's client use a <see cref="BrokerLink"/>, and ends it for certain.</summary>
/// <param name="roomBytes">How many bytes of messages may wait for their places.</param>
/// <param name="take">Takes a message; may wait.</param>
/// <param name="clock">Measures.</param>
internal sealed class BrokerLinkFactory(
    long roomBytes,
    Func<BrokerLink, MqttPublishPacket, CancellationToken, ValueTask> take,
    TimeProvider clock
) : IMqttClientAdapterFactory, IDisposable
{
    /// <summary>The link; null before the client has begun to connect. A client makes one for each attempt, and there is one attempt.</summary>
    public BrokerLink? Link { get; private set; }

    /// <inheritdoc/>
    public IMqttChannelAdapter CreateClientAdapter(
        MqttClientOptions options,
        MqttPacketInspector packetInspector,
        IMqttNetLogger logger
    )
    {
#pragma warning disable CA2000 // The link disposes its adapter, and that its channel.
        var channel = new JoinedChannel(new MqttTcpChannel(options), clock);
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
        return Link = new BrokerLink(adapter, channel, new IntakeRoom(roomBytes, clock), take);
    }

    /// <summary>Ends the link, and with it everything that waits for it.</summary>
    public void Dispose() => Link?.Dispose();
}
