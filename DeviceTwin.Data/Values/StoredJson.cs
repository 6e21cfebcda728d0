using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeviceTwin.Data.Values;

/// <summary>
/// Reads and compares the JSON that a store holds. It takes whatever any release stored: odd numbers are compared by their text, of a key that is
/// there twice the last one counts. Nothing here throws for a JSON text.
/// </summary>
public static class StoredJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = ValueRules.Stored.Depth,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a stored value; no key is there twice in the result.</summary>
    /// <param name="json">The stored text.</param>
    public static JsonElement Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            // An escape may stand for what is no text.
            return JsonElement.Parse(json.Contains("\\u", StringComparison.Ordinal) ? Canonical(json) : json, Options);
        }
        catch (JsonException)
        {
            // Earlier releases stored on SQLite what had a key twice.
            return JsonElement.Parse(Canonical(json), Options);
        }
    }

    /// <summary>Reads a stored object, to be changed; anything else counts as an empty one.</summary>
    /// <param name="json">The stored text.</param>
    public static JsonObject ReadObject(string json) =>
        Read(json) is { ValueKind: JsonValueKind.Object } element ? JsonObject.Create(element)! : [];

    /// <summary>A node as an element, whatever its depth.</summary>
    /// <param name="node">The node; null for JSON null.</param>
    public static JsonElement ToElement(JsonNode? node) => Read(node?.ToJsonString() ?? "null");

    /// <summary>The canonical text of a node that was made of checked and stored values.</summary>
    /// <param name="node">The node; null for JSON null.</param>
    public static string Canonical(JsonNode? node) => Canonical(node?.ToJsonString() ?? "null");

    /// <summary>Whether two stored texts have the same value.</summary>
    /// <param name="left">One text.</param>
    /// <param name="right">The other.</param>
    public static bool AreEqual(string left, string right) =>
        string.Equals(left, right, StringComparison.Ordinal) || Canonical(left) == Canonical(right);

    /// <summary>Whether two values are the same: numbers by value, objects whatever the order of their keys.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    public static bool AreEqual(JsonElement left, JsonElement right) =>
        left.ValueKind == right.ValueKind
        && (
            JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right))
            || (
                left.ValueKind is not (JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False)
                && Canonical(left) == Canonical(right)
            )
        );

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Options.MaxDepth });
        return Canonical(document.RootElement);
    }

    private static string Canonical(JsonElement value) =>
        CanonicalJson.TryWrite(value, ValueRules.Stored, out var canonical, out var fault)
            ? canonical
            : throw new InvalidOperationException($"No release can have stored this. {fault.Message}");
}
