using System.Globalization;
using System.Text.Json;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Data.Sqlite;

/// <summary>PostgreSQL's <c>json #> path = value</c> on the text that SQLite keeps.</summary>
internal static class SqliteJson
{
    // As PostgreSQL reads an index: C's strtol takes blanks before the sign, and nothing behind the digits.
    private const NumberStyles Index = NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign;

    /// <summary>Whether the value at <paramref name="path"/> equals <paramref name="value"/>, compared as jsonb does: 1 = 1.0, keys in any order.</summary>
    /// <param name="json">A JSON document, or null.</param>
    /// <param name="path">The keys, as a JSON array of strings.</param>
    /// <param name="value">The JSON value that it should be.</param>
    public static bool PathEquals(string? json, string? path, string? value)
    {
        if (json is null || path is null || value is null)
        {
            return false;
        }

        using var keys = JsonDocument.Parse(path);
        JsonElement? found = StoredJson.Read(json);
        foreach (var key in keys.RootElement.EnumerateArray())
        {
            found = Step(found.Value, key.GetString()!);
            if (found is null)
            {
                return false;
            }
        }

        return StoredJson.AreEqual(found.Value, StoredJson.Read(value));
    }

    private static JsonElement? Step(JsonElement at, string key)
    {
        if (at.ValueKind == JsonValueKind.Object)
        {
            return at.TryGetProperty(key, out var member) ? member : null;
        }

        if (
            at.ValueKind != JsonValueKind.Array
            || !int.TryParse(key, Index, CultureInfo.InvariantCulture, out var index)
        )
        {
            return null;
        }

        var length = at.GetArrayLength();
        var place = index < 0 ? (long)length + index : index;
        return place >= 0 && place < length ? at[(int)place] : null;
    }
}
