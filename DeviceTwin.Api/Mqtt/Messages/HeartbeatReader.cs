using System.Buffers;
using System.Text;
using System.Text.Json;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads heartbeats from UTF-8 in one pass, without a document in memory: they are most of what comes in.</summary>
internal static class HeartbeatReader
{
    private const int HashLimit = 200;

    /// <summary>Reads a heartbeat.</summary>
    /// <param name="deviceId">The device, as the topic names it.</param>
    /// <param name="payload">UTF-8 JSON.</param>
    /// <param name="receivedAt">When it was taken in (UTC).</param>
    /// <exception cref="MalformedMessageException">It is no heartbeat of that device.</exception>
    public static Sighting Read(string deviceId, ReadOnlySequence<byte> payload, DateTime receivedAt)
    {
        try
        {
            return ReadObject(deviceId, payload, receivedAt);
        }
        catch (JsonException)
        {
            throw new MalformedMessageException("the payload is not a JSON object");
        }
    }

    private static Sighting ReadObject(string deviceId, ReadOnlySequence<byte> payload, DateTime receivedAt)
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new MalformedMessageException("the payload is not a JSON object");
        }

        string? organizationId = null;
        string? namedDevice = null;
        DateTime? refresh = null;
        string? snapListHash = null;
        string? installedSnapsHash = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref reader, "orgId"))
            {
                organizationId = ReadText(ref reader, "orgId");
            }
            else if (IsNamed(ref reader, "deviceId"))
            {
                namedDevice = ReadText(ref reader, "deviceId");
            }
            else if (IsNamed(ref reader, "refresh"))
            {
                refresh = ReadText(ref reader, "refresh") is { } text ? GoTime.Read(text, "refresh") : null;
            }
            else if (IsNamed(ref reader, "snapListHash"))
            {
                snapListHash = ReadHash(ref reader, "snapListHash");
            }
            else if (IsNamed(ref reader, "installedSnapsHash"))
            {
                installedSnapsHash = ReadHash(ref reader, "installedSnapsHash");
            }
            else
            {
                reader.Skip();
            }
        }

        // Text after the object ends here with a JsonException.
        reader.Read();
        return namedDevice != deviceId
            ? throw new MalformedMessageException("deviceId is not the topic's")
            : new Sighting(
                deviceId,
                Identifier.Checked(organizationId, "orgId"),
                refresh,
                receivedAt,
                snapListHash,
                installedSnapsHash
            );
    }

    // Names that are written plainly are compared where they lie; others (escapes, split buffers) as text.
    private static bool IsNamed(ref Utf8JsonReader reader, string name) =>
        reader.ValueIsEscaped || reader.HasValueSequence
            ? JsonText.Decode(ref reader, "a field's name").Equals(name, StringComparison.OrdinalIgnoreCase)
            : Ascii.EqualsIgnoreCase(reader.ValueSpan, name);

    private static string? ReadText(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => JsonText.Decode(ref reader, field),
            JsonTokenType.Null => null,
            _ => throw new MalformedMessageException($"{field} is not a string"),
        };
    }

    private static string? ReadHash(ref Utf8JsonReader reader, string field) =>
        ReadText(ref reader, field) is not { Length: > 0 } hash ? null
        : hash.Length > HashLimit
            ? throw new MalformedMessageException($"{field} is longer than {HashLimit} characters")
        : JsonText.Storable(hash, field);
}
