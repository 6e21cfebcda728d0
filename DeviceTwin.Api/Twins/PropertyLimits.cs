using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeviceTwin.Api.Twins;

/// <summary>The protocol document's limits on properties: 32 KiB of JSON, 10 levels, keys of 128 characters.</summary>
public static class PropertyLimits
{
    private const int Bytes = 32 * 1024;
    private const int Levels = 10;
    private const int KeyLength = 128;

    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Checks a patch: it must be an object. Gives null when it can be applied, or what is wrong with it.</summary>
    /// <param name="patch">The patch.</param>
    public static string? CheckPatch(JsonElement patch) =>
        patch.ValueKind == JsonValueKind.Object ? Check(patch) : "A patch is a JSON object.";

    /// <summary>Checks properties. Gives null when they can be stored, or what is wrong with them.</summary>
    /// <param name="properties">The properties.</param>
    public static string? Check(JsonElement properties) => CheckForm(properties) ?? CheckSize(properties);

    /// <summary>Checks depth, keys and texts, but not the size. Gives null when there is no fault.</summary>
    /// <param name="properties">The properties.</param>
    public static string? CheckForm(JsonElement properties) => CheckLevel(properties, 1);

    /// <summary>Checks the size of properties whose form has no fault. Gives null when they are small enough.</summary>
    /// <param name="properties">The properties.</param>
    public static string? CheckSize(JsonElement properties)
    {
        var size = JsonSerializer.SerializeToUtf8Bytes(properties, Compact).Length;
        return size > Bytes ? $"It is {size} bytes of JSON; at most {Bytes} are kept." : null;
    }

    private static string? CheckLevel(JsonElement value, int level)
    {
        if (level > Levels && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return $"It nests more than {Levels} levels deep.";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(value, level),
            JsonValueKind.Array => value
                .EnumerateArray()
                .Select(item => CheckLevel(item, level + 1))
                .FirstOrDefault(wrong => wrong is not null),
            JsonValueKind.String => CheckText("A text", () => value.GetString()!, int.MaxValue),
            _ => null,
        };
    }

    private static string? CheckObject(JsonElement value, int level)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        return value
            .EnumerateObject()
            .Select(property =>
                CheckText("A key", () => property.Name, KeyLength)
                ?? (keys.Add(property.Name) ? null : $"The key {property.Name} is there twice.")
                ?? CheckLevel(property.Value, level + 1)
            )
            .FirstOrDefault(wrong => wrong is not null);
    }

    private static string? CheckText(string what, Func<string> decode, int limit)
    {
        string text;
        try
        {
            text = decode();
        }
        catch (InvalidOperationException)
        {
            // An escape of half a surrogate pair is JSON, but no text.
            return $"{what} is not valid Unicode.";
        }

        if (text.Length > limit)
        {
            return $"{what} is {text.Length} characters long; at most {limit} are kept.";
        }

        // PostgreSQL's jsonb has no U+0000.
        return text.Contains('\0', StringComparison.Ordinal) ? $"{what} holds U+0000, which cannot be stored." : null;
    }
}
