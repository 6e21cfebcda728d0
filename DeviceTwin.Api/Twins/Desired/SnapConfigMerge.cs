using System.Text.Json.Nodes;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>
/// Merges the desired configuration of a snap by RFC 7396, with two additions. A null that takes no key of the weaker layers away stays: it asks the device to unset the key. And
/// a key with dots names a path, as snapd reads it (<c>a.b</c> is b in a): where one layer says <c>a.b</c> and another <c>a</c>, both mean the same b.
/// </summary>
internal static class SnapConfigMerge
{
    /// <summary>Puts a stronger layer's configuration over the weaker layers'. Gives an object that shares nothing with either.</summary>
    /// <param name="weaker">What the weaker layers say.</param>
    /// <param name="stronger">What the stronger layer says.</param>
    public static JsonObject Over(JsonObject weaker, JsonObject stronger)
    {
        HashSet<string> keys = new(weaker.Concat(stronger).Select(member => member.Key), StringComparer.Ordinal);
        var merged = Nested(weaker, keys);
        foreach (var (key, value) in Nested(stronger, keys))
        {
            if (value is null && merged[key] is not null)
            {
                merged.Remove(key);
            }
            else
            {
                merged[key] = Over(merged[key], value);
            }
        }

        return merged;
    }

    /// <summary>The first key that another key of the same object names too, because it is a path into that key's value; null where there is none.</summary>
    /// <param name="keys">The keys of an object.</param>
    public static string? NamedTwice(IReadOnlySet<string> keys) =>
        keys.FirstOrDefault(key => HolderOf(key, keys) is not null);

    private static JsonNode? Over(JsonNode? weaker, JsonNode? stronger) =>
        stronger is JsonObject changes && weaker is JsonObject held ? Over(held, changes) : stronger?.DeepClone();

    // The object with each key that lies within another of the keys put inside that: only then do equal keys mean equal paths. A key
    // that lies within no other keeps its dots: snapd sets a.b without touching what else is in a.
    private static JsonObject Nested(JsonObject config, HashSet<string> keys)
    {
        var nested = new JsonObject();
        foreach (var (key, value) in config)
        {
            if (HolderOf(key, keys) is { } holder)
            {
                var inner = new JsonObject { [key[(holder.Length + 1)..]] = value?.DeepClone() };
                nested[holder] = Over(nested[holder], inner);
            }
            else
            {
                nested[key] = Over(nested[key], value);
            }
        }

        return nested;
    }

    // The shortest of the keys that a key lies within.
    private static string? HolderOf(string key, IReadOnlySet<string> keys)
    {
        for (var dot = key.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = key.IndexOf('.', dot + 1))
        {
            if (keys.Contains(key[..dot]))
            {
                return key[..dot];
            }
        }

        return null;
    }
}
