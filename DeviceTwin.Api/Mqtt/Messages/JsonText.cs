using System.Runtime.InteropServices;
using System.Text.Json;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads texts of messages so that every store can keep them.</summary>
internal static class JsonText
{
    /// <summary>Messages are read whatever their depth: a field that nests too deep must not take the others with it. Nothing walks deeper than it may.</summary>
    public static JsonDocumentOptions AnyDepth { get; } = new() { MaxDepth = int.MaxValue };

    /// <summary>Decodes the string or name that the reader stands on.</summary>
    /// <exception cref="MalformedMessageException">It is not valid Unicode.</exception>
    public static string Decode(ref Utf8JsonReader reader, string field)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new MalformedMessageException($"{field} is not valid Unicode");
        }
    }

    /// <summary>Decodes a string that can be stored.</summary>
    /// <exception cref="MalformedMessageException">It is not valid Unicode, or holds U+0000.</exception>
    public static string Decode(JsonElement text, string field) =>
        TryDecode(text, out var decoded) ? decoded
        : decoded.Contains('\0', StringComparison.Ordinal)
            ? throw new MalformedMessageException($"{field} holds U+0000")
        : throw new MalformedMessageException($"{field} is not valid Unicode");

    /// <summary>Decodes a string. Gives whether it can be stored as it is; what cannot is still in it.</summary>
    public static bool TryDecode(JsonElement text, out string decoded) =>
        ValueText.TryDecode(JsonMarshal.GetRawUtf8Value(text)[1..^1], out decoded);

    /// <summary>Decodes a field's name; one that is not valid Unicode is like no other.</summary>
    public static string DecodeName(JsonProperty field)
    {
        ValueText.TryDecode(JsonMarshal.GetRawUtf8PropertyName(field), out var name);
        return name;
    }

    /// <summary>Gives back a text that can be stored: PostgreSQL has no place for U+0000.</summary>
    /// <exception cref="MalformedMessageException">It holds U+0000.</exception>
    public static string Storable(string text, string field) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new MalformedMessageException($"{field} holds U+0000")
            : text;
}
