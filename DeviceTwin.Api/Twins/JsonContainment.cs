using System.Text.Json;

namespace DeviceTwin.Api.Twins;

/// <summary>Whether one JSON value holds another: objects by their keys, anything else as a whole.</summary>
public static class JsonContainment
{
    /// <summary>Whether <paramref name="reported"/> holds all that <paramref name="wanted"/> names; null wants a key to be absent or null.</summary>
    /// <param name="reported">The value that may hold more.</param>
    /// <param name="wanted">What it must hold. A key with dots names a path, as snapd reads it (<c>a.b</c> is b in a).</param>
    public static bool Holds(JsonElement reported, JsonElement wanted)
    {
        if (wanted.ValueKind != JsonValueKind.Object || reported.ValueKind != JsonValueKind.Object)
        {
            return JsonElement.DeepEquals(reported, wanted);
        }

        foreach (var property in wanted.EnumerateObject())
        {
            var isThere = TryFind(reported, property.Name, out var value);
            if (isThere ? !Holds(value, property.Value) : property.Value.ValueKind != JsonValueKind.Null)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryFind(JsonElement reported, string path, out JsonElement value)
    {
        if (reported.TryGetProperty(path, out value))
        {
            return true;
        }

        value = reported;
        foreach (var key in path.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(key, out value))
            {
                return false;
            }
        }

        return true;
    }
}
