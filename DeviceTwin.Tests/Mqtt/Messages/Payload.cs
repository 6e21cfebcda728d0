using System.Buffers;
using System.Text;

namespace DeviceTwin.Tests.Mqtt.Messages;

/// <summary>Texts as payloads.</summary>
internal static class Payload
{
    /// <summary>When the messages of these tests came in.</summary>
    public static readonly DateTime Now = new(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc);

    /// <summary>In one piece.</summary>
    public static ReadOnlySequence<byte> Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Every byte in a buffer of its own, as a network may deliver it.</summary>
    public static ReadOnlySequence<byte> Scattered(string text)
    {
        Segment? first = null;
        Segment? last = null;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            last = new Segment(new[] { octet }, last);
            first ??= last;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, 1);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
