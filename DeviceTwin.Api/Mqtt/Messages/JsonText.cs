using System.Text.Json;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>What a text in a message must be so that every store can keep it.</summary>
internal static class JsonText
{
    /// <summary>How deep a message may nest.</summary>
    public const int MaxDepth = 64;

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

    /// <summary>Decodes a string.</summary>
    /// <exception cref="MalformedMessageException">It is not valid Unicode.</exception>
    public static string Decode(JsonElement text, string field)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new MalformedMessageException($"{field} is not valid Unicode");
        }
    }

    /// <summary>Decodes a field's name.</summary>
    /// <exception cref="MalformedMessageException">It is not valid Unicode.</exception>
    public static string DecodeName(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            throw new MalformedMessageException("a field's name is not valid Unicode");
        }
    }

    /// <summary>Gives back a text that can be stored: PostgreSQL has no place for U+0000.</summary>
    /// <exception cref="MalformedMessageException">It holds U+0000.</exception>
    public static string Storable(string text, string field) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new MalformedMessageException($"{field} holds U+0000")
            : text;
}
