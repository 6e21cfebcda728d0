using System.Buffers;
using System.Text;
using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads heartbeats from UTF-8 in one pass, without a document in memory: they are most of what comes in.</summary>
internal static class HeartbeatReader
{
    private const int HashLimit = 200;
    private const int InstantLimit = 64;

    // The same organizations and hashes come again and again.
    private static readonly TextPool Texts = new(slots: 16 * 1024);

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
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = ValueLimits.Depth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new MalformedMessageException("the payload is not a JSON object");
        }

        string? organizationId = null;
        var isOfDevice = false;
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
                isOfDevice = IsText(ref reader, deviceId, "deviceId");
            }
            else if (IsNamed(ref reader, "refresh"))
            {
                refresh = ReadInstant(ref reader, "refresh");
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
        return !isOfDevice
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

    private static string? ReadText(ref Utf8JsonReader reader, string field) =>
        !MoveToText(ref reader, field) ? null
        : IsPlain(ref reader) && Texts.Find(reader.ValueSpan) is { } known ? known
        : JsonText.Decode(ref reader, field);

    private static bool IsText(ref Utf8JsonReader reader, string wanted, string field) =>
        MoveToText(ref reader, field)
        && (
            IsPlain(ref reader) && Ascii.IsValid(reader.ValueSpan)
                ? Ascii.Equals(reader.ValueSpan, wanted)
                : JsonText.Decode(ref reader, field) == wanted
        );

    private static DateTime? ReadInstant(ref Utf8JsonReader reader, string field)
    {
        if (!MoveToText(ref reader, field))
        {
            return null;
        }

        if (!IsPlain(ref reader) || reader.ValueSpan.Length > InstantLimit)
        {
            return GoTime.Read(JsonText.Decode(ref reader, field), field);
        }

        Span<char> text = stackalloc char[InstantLimit];
        return Ascii.ToUtf16(reader.ValueSpan, text, out var length) == OperationStatus.Done
            ? GoTime.Read(text[..length], field)
            : GoTime.Read(JsonText.Decode(ref reader, field), field);
    }

    // Without escapes and in one piece: the text is what lies there.
    private static bool IsPlain(ref Utf8JsonReader reader) => !reader.ValueIsEscaped && !reader.HasValueSequence;

    // Whether there is a text, and no null.
    private static bool MoveToText(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => true,
            JsonTokenType.Null => false,
            _ => throw new MalformedMessageException($"{field} is not a string"),
        };
    }

    private static string? ReadHash(ref Utf8JsonReader reader, string field) =>
        ReadText(ref reader, field) is not { Length: > 0 } hash ? null
        : hash.Length > HashLimit
            ? throw new MalformedMessageException($"{field} is longer than {HashLimit} characters")
        : JsonText.Storable(hash, field);
}
