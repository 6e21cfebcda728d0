using System.Text.Json;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins;

/// <summary>A path where one JSON value does not hold what another wants.</summary>
/// <param name="Path">Keys, with dots between them; empty for the value itself.</param>
/// <param name="Wanted">What is wanted there.</param>
/// <param name="Reported">What is there; null where nothing is.</param>
public sealed record JsonDifference(string Path, JsonElement Wanted, JsonElement? Reported);

/// <summary>Whether one JSON value holds another: objects by their keys, anything else as a whole.</summary>
public static class JsonContainment
{
    /// <summary>Whether <paramref name="reported"/> holds all that <paramref name="wanted"/> names; null wants a key to be absent or null.</summary>
    /// <param name="reported">The value that may hold more.</param>
    /// <param name="wanted">What it must hold. A key with dots names a path, as snapd reads it (<c>a.b</c> is b in a).</param>
    public static bool Holds(JsonElement reported, JsonElement wanted) =>
        !Differences(reported, wanted, keysArePaths: true).Any();

    /// <summary>The paths where <paramref name="reported"/> does not hold what <paramref name="wanted"/> names.</summary>
    /// <param name="reported">The value that may hold more.</param>
    /// <param name="wanted">What it must hold; null in it wants a key to be absent or null.</param>
    /// <param name="keysArePaths">Whether a key with dots names a path, as snapd reads it (<c>a.b</c> is b in a).</param>
    public static IEnumerable<JsonDifference> Differences(
        JsonElement reported,
        JsonElement wanted,
        bool keysArePaths
    ) => Compare("", reported, wanted, keysArePaths);

    private static IEnumerable<JsonDifference> Compare(
        string path,
        JsonElement? reported,
        JsonElement wanted,
        bool keysArePaths
    )
    {
        if (wanted.ValueKind == JsonValueKind.Object && IsComparedByKeys(reported, wanted))
        {
            return wanted
                .EnumerateObject()
                .SelectMany(property =>
                    Compare(
                        path.Length == 0 ? property.Name : $"{path}.{property.Name}",
                        Find(reported, property.Name, keysArePaths),
                        property.Value,
                        keysArePaths
                    )
                );
        }

        var agrees = reported is { } value
            ? StoredJson.AreEqual(value, wanted)
            : wanted.ValueKind == JsonValueKind.Null;
        return agrees ? [] : [new JsonDifference(path, wanted, reported)];
    }

    // Where nothing is reported each wanted key is missing by itself; an empty object has no key to miss.
    private static bool IsComparedByKeys(JsonElement? reported, JsonElement wanted) =>
        reported is { } value ? value.ValueKind == JsonValueKind.Object : wanted.EnumerateObject().Any();

    private static JsonElement? Find(JsonElement? reported, string name, bool isPath)
    {
        if (reported is not { } holder)
        {
            return null;
        }

        if (holder.TryGetProperty(name, out var value) || !isPath)
        {
            return value.ValueKind == JsonValueKind.Undefined ? null : value;
        }

        foreach (var key in name.Split('.'))
        {
            if (holder.ValueKind != JsonValueKind.Object || !holder.TryGetProperty(key, out holder))
            {
                return null;
            }
        }

        return holder;
    }
}
