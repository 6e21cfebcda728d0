using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeviceTwin.Simulator;

/// <summary>How <c>snap set</c> changes a snap's configuration.</summary>
internal static class SnapConfiguration
{
    private static readonly JsonDocumentOptions NoRepeatedKeys = new() { AllowDuplicateProperties = false };

    /// <summary>Sets each key, dotted ones inside their objects; null takes a key away.</summary>
    /// <returns>JSON text with its keys in order, as Go writes maps; null when nothing is left.</returns>
    /// <exception cref="SnapdException">The changes are not a JSON object.</exception>
    public static string? Merge(string? config, string changes)
    {
        var merged = config is null ? new JsonObject() : JsonNode.Parse(config)!.AsObject();
        foreach (var (key, value) in ParseObject(changes))
            Set(merged, key.Split('.'), value?.DeepClone());
        return merged.Count == 0 ? null : Sorted(merged)!.ToJsonString(AgentJson.Wire.Options);
    }

    private static JsonObject ParseObject(string text)
    {
        if (text.Length == 0)
            throw new SnapdException("unexpected end of JSON input");
        try
        {
            return JsonNode.Parse(text, documentOptions: NoRepeatedKeys) switch
            {
                JsonObject json => json,
                null => [],
                var other => throw new SnapdException(
                    $"json: cannot unmarshal {GoKind(other)} into Go value of type map[string]interface {{}}"
                ),
            };
        }
        catch (JsonException)
        {
            throw new SnapdException($"invalid character '{text[0]}' looking for beginning of value");
        }
    }

    private static void Set(JsonObject target, ReadOnlySpan<string> path, JsonNode? value)
    {
        var key = path[0];
        if (path.Length > 1)
        {
            if (target[key] is not JsonObject inner)
                target[key] = inner = [];
            Set(inner, path[1..], value);
        }
        else if (value is null)
        {
            target.Remove(key);
        }
        else
        {
            target[key] = value;
        }
    }

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject json => new JsonObject(
                json.OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            ),
            JsonArray array => new JsonArray([.. array.Select(Sorted)]),
            null => null,
            _ => node.DeepClone(),
        };

    private static string GoKind(JsonNode node) =>
        node.GetValueKind() switch
        {
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            _ => "bool",
        };
}
