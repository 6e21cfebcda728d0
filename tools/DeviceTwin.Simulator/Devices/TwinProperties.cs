using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeviceTwin.Simulator;

/// <summary>What a device reports of itself on the twin topics, and how it takes over what is desired of it. Thread safe.</summary>
/// <param name="interval">From one heartbeat to the next: what its telemetry begins with.</param>
internal sealed class TwinProperties(TimeSpan interval)
{
    private readonly Lock turn = new();
    private readonly JsonObject reported = new()
    {
        ["telemetry"] = new JsonObject { ["interval"] = Math.Max(1, (int)interval.TotalSeconds) },
    };

    private bool isAccepted;

    /// <summary>The payload of a report of all properties; null when the twin has accepted the newest already.</summary>
    public byte[]? Report()
    {
        lock (turn)
        {
            return isAccepted
                ? null
                : JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["patch"] = reported.DeepClone() });
        }
    }

    /// <summary>The twin has accepted a report.</summary>
    public void Accept()
    {
        lock (turn)
            isAccepted = true;
    }

    /// <summary>Does as the twin desires.</summary>
    /// <param name="message">What is retained on the desired topic; anything else than an object with properties is left alone.</param>
    public void TakeOver(ReadOnlySpan<byte> message)
    {
        if (Read(message) is not { } desired)
            return;
        lock (turn)
        {
            foreach (var (name, value) in desired)
                reported[name] = value?.DeepClone();
            isAccepted = false;
        }
    }

    private static JsonObject? Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return (JsonNode.Parse(message) as JsonObject)?["properties"] as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
