using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The acknowledgement that the broker waits for. It goes over the connection that the message came by and over no other: on a
/// new connection the same packet identifier may mean another message.
/// </summary>
/// <param name="link">The connection; null where nothing is to be acknowledged (QoS 0).</param>
/// <param name="packetIdentifier">What the broker calls the message.</param>
internal readonly struct Receipt(BrokerLink? link, ushort packetIdentifier)
{
    /// <summary>Whether the broker waits for it.</summary>
    public bool IsAwaited => link is not null;

    /// <summary>Acknowledges; where the connection is lost the broker delivers the message again.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (link is null)
        {
            return;
        }

        var packet = new MqttPubAckPacket
        {
            PacketIdentifier = packetIdentifier,
            ReasonCode = MqttPubAckReasonCode.Success,
        };
        try
        {
            await link.SendPacketAsync(packet, cancellationToken);
        }
        catch (Exception lost)
            when (lost
                    is MqttCommunicationException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or IOException
            )
        {
            // The session is the broker's: what is not acknowledged comes again, and storing it twice changes nothing.
        }
    }
}
