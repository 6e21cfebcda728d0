using System.Diagnostics.CodeAnalysis;
using System.Text;
using DeviceTwin.Api.GraphQL.Engine.Scalars;

namespace DeviceTwin.Api.GraphQL.Engine.Nodes;

/// <summary>A Relay id: which type, and the key that is unique in it. Clients see Base64 and must not look inside.</summary>
/// <param name="TypeName">The GraphQL type, e.g. <c>Device</c>.</param>
/// <param name="Key">The parts of the key, each escaped, joined by colons.</param>
public readonly record struct GlobalId(string TypeName, string Key)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The parts of the key, e.g. organization and device id.</summary>
    public IReadOnlyList<string> Parts => [.. Key.Split(':').Select(Uri.UnescapeDataString)];

    /// <summary>Makes the id of something.</summary>
    /// <param name="typeName">The GraphQL type.</param>
    /// <param name="parts">The parts of its key; at least one.</param>
    public static string Encode(string typeName, params IEnumerable<string> parts) =>
        new GlobalId(typeName, string.Join(':', parts.Select(Uri.EscapeDataString))).ToString();

    /// <summary>Reads an id; false when this service never gave it.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out GlobalId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || !TryDecodeText(text, out var decoded))
        {
            return false;
        }
        var colon = decoded.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1)
        {
            return false;
        }
        id = new GlobalId(decoded[..colon], decoded[(colon + 1)..]);
        var parts = id.Parts;
        // Only the canonical form counts, so that equal things have equal ids; and nothing is asked of a store that it cannot hold.
        return string.Equals(Encode(id.TypeName, parts), text, StringComparison.Ordinal)
            && parts.All(StorableText.IsStorable);
    }

    /// <summary>The id as clients see it.</summary>
    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TypeName}:{Key}"));

    private static bool TryDecodeText(string text, out string decoded)
    {
        decoded = "";
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            return false;
        }
        try
        {
            decoded = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
