using System.Text.Json;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>
/// The fields of a JSON object as Go programs read them: names without regard to case, the last of a name wins, null is as good
/// as absent, a value of another kind is an error.
/// </summary>
internal readonly struct JsonFields
{
    private readonly Dictionary<string, JsonElement> fields;

    /// <summary>Takes an object apart.</summary>
    /// <param name="element">What should be an object.</param>
    /// <param name="what">How it is named in the reason of a rejection.</param>
    /// <exception cref="MalformedMessageException">It is not an object.</exception>
    public JsonFields(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new MalformedMessageException($"{what} is not a JSON object");
        }

        fields = new(element.GetPropertyCount(), StringComparer.OrdinalIgnoreCase);
        foreach (var field in element.EnumerateObject())
        {
            fields[Messages.JsonText.DecodeName(field)] = field.Value;
        }
    }

    /// <summary>A field, or null where it is absent or null.</summary>
    public JsonElement? Get(string name) =>
        fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text of at most <paramref name="limit"/> characters; empty where it is absent.</summary>
    public string Text(string name, int limit)
    {
        return TryText(name, limit, out var text) ? text : Messages.JsonText.Decode(Get(name)!.Value, name);
    }

    /// <summary>A text for people as <see cref="Text"/> gives it, with U+FFFD in place of what cannot be stored.</summary>
    public string RepairedText(string name, int limit)
    {
        TryText(name, limit, out var text);
        return ValueText.Repair(text);
    }

    /// <summary>A text of at most <paramref name="limit"/> characters; empty where it is absent. Gives whether it can be stored as it is.</summary>
    public bool TryText(string name, int limit, out string text)
    {
        text = "";
        if (Get(name) is not { } value)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new MalformedMessageException($"{name} is not a string");
        }

        var isStorable = Messages.JsonText.TryDecode(value, out text);
        return text.Length > limit
            ? throw new MalformedMessageException($"{name} is longer than {limit} characters")
            : isStorable;
    }

    /// <summary>A text of any length that is JSON itself, in which what cannot be stored is still found; empty where it is absent.</summary>
    public string JsonText(string name) =>
        TryText(name, int.MaxValue, out var text) || !ValueText.IsStorable(text)
            ? text
            : throw new MalformedMessageException($"{name} is not valid Unicode");

    /// <summary>The items of an array.</summary>
    /// <exception cref="MalformedMessageException">It is not an array.</exception>
    public static JsonElement.ArrayEnumerator Array(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray()
            : throw new MalformedMessageException($"{what} is not a JSON array");

    /// <summary>A truth value; false where it is absent.</summary>
    public bool Flag(string name) =>
        Get(name)?.ValueKind switch
        {
            null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw new MalformedMessageException($"{name} is not a boolean"),
        };

    /// <summary>A whole number of 32 bits; 0 where it is absent.</summary>
    public int Int32(string name) =>
        Get(name) is not { } value ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : throw new MalformedMessageException($"{name} is not a 32-bit integer");

    /// <summary>A size in bytes; 0 where it is absent.</summary>
    public long Size(string name) =>
        Get(name) is not { } value ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number
        : throw new MalformedMessageException($"{name} is not a size of 64 bits");

    /// <summary>An instant (UTC); null where it is absent or not set.</summary>
    public DateTime? Instant(string name) => Text(name, 64) is { Length: > 0 } text ? GoTime.Read(text, name) : null;
}
