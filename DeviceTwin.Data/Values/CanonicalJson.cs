using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeviceTwin.Data.Values;

/// <summary>
/// The one check of JSON values that come from outside, and the form in which they are stored and leave: compact, keys in jsonb's order,
/// numbers as <see cref="ValueNumber"/> writes them. Both stores print it alike. The check of a canonical text gives the same text.
/// </summary>
public static class CanonicalJson
{
    /// <summary>How canonical texts are escaped: for databases and GraphQL, never for web pages.</summary>
    internal static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    // The walk over what was parsed ends at its own limit and says where.
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Checks a value. Gives its canonical text, or what is wrong with it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rules">What it may be.</param>
    /// <param name="canonical">The canonical text.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryWrite(
        JsonElement value,
        ValueRules rules,
        [NotNullWhen(true)] out string? canonical,
        [NotNullWhen(false)] out ValueFault? fault
    )
    {
        ArgumentNullException.ThrowIfNull(rules);
        using var walk = new CanonicalWalk(rules);
        fault = walk.Write(value);
        canonical = fault is null ? walk.Text() : null;
        return fault is null;
    }

    /// <summary>Checks a text that should be JSON. Gives its canonical text, or what is wrong with it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="rules">What it may be.</param>
    /// <param name="canonical">The canonical text.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryRead(
        string json,
        ValueRules rules,
        [NotNullWhen(true)] out string? canonical,
        [NotNullWhen(false)] out ValueFault? fault
    )
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(ValueText.EscapeLoneSurrogates(json), AnyDepth);
            return TryWrite(document.RootElement, rules, out canonical, out fault);
        }
        catch (JsonException)
        {
            canonical = null;
            fault = new ValueFault("$", "it is not JSON.");
            return false;
        }
    }
}
