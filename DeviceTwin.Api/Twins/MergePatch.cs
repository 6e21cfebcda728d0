using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins;

/// <summary>JSON merge patches (RFC 7396).</summary>
public static class MergePatch
{
    /// <summary>Applies a patch to what is stored. Gives the canonical text of the result.</summary>
    /// <param name="stored">An object, whichever release stored it.</param>
    /// <param name="patch">A patch that was checked: an object.</param>
    public static string Apply(string stored, JsonElement patch) =>
        StoredJson.Canonical(Apply(StoredJson.ReadObject(stored), JsonObject.Create(patch)));

    /// <summary>Applies a patch and gives the result, which shares nothing with the inputs.</summary>
    /// <param name="target">What is patched; null for JSON null.</param>
    /// <param name="patch">The patch: an object is merged by its keys, null deletes a key, anything else replaces.</param>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject ? (JsonObject)target.DeepClone() : [];
        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                result.Remove(key);
            }
            else
            {
                result[key] = Apply(result[key], value);
            }
        }

        return result;
    }
}
