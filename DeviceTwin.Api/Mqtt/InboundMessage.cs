using System.Buffers;

namespace DeviceTwin.Api.Mqtt;

/// <summary>A message that was taken from the broker and waits inside the service.</summary>
/// <param name="Sender">The device's id, of metrics the organization's.</param>
/// <param name="Payload">Its content, not looked at yet.</param>
/// <param name="ReceivedAt">When it was taken in (our clock, UTC).</param>
/// <param name="Receipt">Acknowledges it.</param>
/// <param name="Asks">Of the twin topics: whether it asks for the twin, and tells nothing.</param>
internal readonly record struct InboundMessage(
    string Sender,
    ReadOnlySequence<byte> Payload,
    DateTime ReceivedAt,
    Receipt Receipt,
    bool Asks = false
);
