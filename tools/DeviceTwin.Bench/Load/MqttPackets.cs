using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DeviceTwin.Bench.Load;

/// <summary>
/// MQTT 3.1.1 as bytes. MQTTnet's client does so much for each message that it would be what is measured.
/// </summary>
internal static class MqttPackets
{
    /// <summary>Connects with a clean session and without keep-alive.</summary>
    public static byte[] Connect(string clientId)
    {
        var packet = new ArrayBufferWriter<byte>();
        WriteHead(packet, 0x10, 12 + Encoding.UTF8.GetByteCount(clientId));
        packet.Write("\0\u0004MQTT\u0004\u0002\0\0"u8);
        WriteText(packet, clientId);
        return packet.WrittenSpan.ToArray();
    }

    /// <summary>Disconnects.</summary>
    public static byte[] Disconnect() => [0xE0, 0];

    /// <summary>Publishes.</summary>
    /// <param name="packets">Gets the packet's bytes.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="identifier">Of QoS 1; null for QoS 0.</param>
    public static void WritePublish(
        IBufferWriter<byte> packets,
        string topic,
        ReadOnlySpan<byte> payload,
        ushort? identifier
    )
    {
        var length = 2 + Encoding.UTF8.GetByteCount(topic) + (identifier is null ? 0 : 2) + payload.Length;
        WriteHead(packets, (byte)(identifier is null ? 0x30 : 0x32), length);
        WriteText(packets, topic);
        if (identifier is { } known)
        {
            WriteNumber(packets, known);
        }

        packets.Write(payload);
    }

    private static void WriteHead(IBufferWriter<byte> packets, byte kind, int length)
    {
        WriteByte(packets, kind);
        do
        {
            var rest = length >> 7;
            WriteByte(packets, (byte)(rest > 0 ? (length & 0x7F) | 0x80 : length));
            length = rest;
        } while (length > 0);
    }

    private static void WriteByte(IBufferWriter<byte> packets, byte value)
    {
        packets.GetSpan(1)[0] = value;
        packets.Advance(1);
    }

    private static void WriteText(IBufferWriter<byte> packets, string text)
    {
        WriteNumber(packets, (ushort)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, packets);
    }

    private static void WriteNumber(IBufferWriter<byte> packets, ushort number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packets.GetSpan(2), number);
        packets.Advance(2);
    }
}
