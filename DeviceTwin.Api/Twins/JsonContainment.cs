using System.Text.Json;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins;

/// <summary>A path where one JSON value does not hold what another wants.</summary>
/// <param name="Path">Where; the root for the value itself.</param>
/// <param name="Wanted">What is wanted there.</param>
/// <param name="Reported">What is there; null where nothing is.</param>
public sealed record JsonDifference(KeyPath Path, JsonElement Wanted, JsonElement? Reported);

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
    ) => Compare(KeyPath.Root, reported, wanted, keysArePaths);

    private static IEnumerable<JsonDifference> Compare(
        KeyPath path,
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
                {
                    var (keys, value) = Find(reported, property.Name, keysArePaths);
                    return Compare(path.Then(keys), value, property.Value, keysArePaths);
                });
        }

        var agrees = reported is { } value
            ? StoredJson.AreEqual(value, wanted)
            : wanted.ValueKind == JsonValueKind.Null;
        return agrees ? [] : [new JsonDifference(path, wanted, reported)];
    }

    // Where nothing is reported each wanted key is missing by itself; an empty object has no key to miss.
    private static bool IsComparedByKeys(JsonElement? reported, JsonElement wanted) =>
        reported is { } value ? value.ValueKind == JsonValueKind.Object : wanted.EnumerateObject().Any();

    // The keys under which a name is looked for, and what is there.
    private static (string[] Keys, JsonElement? Value) Find(JsonElement? reported, string name, bool isPath)
    {
        if (reported is { } holder && holder.TryGetProperty(name, out var literal))
        {
            return ([name], literal);
        }

        string[] keys = isPath ? name.Split('.') : [name];
        return (keys, keys.Length > 1 ? Follow(reported, keys) : null);
    }

    private static JsonElement? Follow(JsonElement? reported, string[] keys)
    {
        foreach (var key in keys)
        {
            if (reported is not { ValueKind: JsonValueKind.Object } holder || !holder.TryGetProperty(key, out var next))
            {
                return null;
            }

            reported = next;
        }

        return reported;
    }
}
