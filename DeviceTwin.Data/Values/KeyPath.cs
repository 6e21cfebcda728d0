using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DeviceTwin.Data.Values;

/// <summary>
/// Keys from the outside of a JSON document to a value in it, and their text: <c>telemetry.interval</c>. A key that is empty or holds a dot, a bracket, a quote, a
/// backslash, a blank or a control character is written as a JSON string in brackets: <c>a["b.c"].d</c>. No keys, for the whole document, are the empty text.
/// Each path has one text, and the text of each path is read back as the same keys. (The names and brackets of RFC 9535, without <c>$</c>.)
/// </summary>
/// <param name="Keys">The keys, the outermost first.</param>
public sealed record KeyPath(IReadOnlyList<string> Keys)
{
    // What ends a key that stands for itself.
    private static readonly SearchValues<char> Syntax = SearchValues.Create(".[]\"");

    /// <summary>The whole document.</summary>
    public static KeyPath Root { get; } = new([]);

    /// <summary>This path with further keys at its end.</summary>
    /// <param name="keys">The keys.</param>
    public KeyPath Then(params IReadOnlyList<string> keys) => new([.. Keys, .. keys]);

    /// <summary>Reads the text of a path. Keys with blanks or apostrophes are also read where they stand for themselves.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The path.</param>
    /// <param name="fault">Why it is none: a sentence that says what to change.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out KeyPath? path,
        [NotNullWhen(false)] out string? fault
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        var keys = new List<string>();
        for (var at = 0; at < text.Length; )
        {
            var key = text[at] == '[' ? Quoted(text, ref at) : Plain(text, ref at, isFirst: keys.Count == 0);
            if (key is null)
            {
                (path, fault) = (null, Explain(at));
                return false;
            }

            keys.Add(key);
        }

        (path, fault) = (new KeyPath(keys), null);
        return true;
    }

    /// <summary>The text of the path.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var key in Keys)
        {
            Append(text, key);
        }

        return text.ToString();
    }

    /// <summary>Appends a further key to the text of a path.</summary>
    internal static void Append(StringBuilder text, string key)
    {
        if (IsPlain(key))
        {
            text.Append(text.Length == 0 ? "" : ".").Append(key);
        }
        else
        {
            text.Append("[\"");
            AppendEscaped(text, key);
            text.Append("\"]");
        }
    }

    private static bool IsPlain(string key) =>
        key.Length > 0
        && !key.Any(letter => letter is '.' or '[' or ']' or '"' or '\'' or '\\' || IsBlank(letter))
        && ValueText.IsStorable(key);

    private static bool IsBlank(char letter) => char.IsWhiteSpace(letter) || char.IsControl(letter);

    private static void AppendEscaped(StringBuilder text, string key)
    {
        for (var at = 0; at < key.Length; at++)
        {
            var letter = key[at];
            if (at + 1 < key.Length && char.IsSurrogatePair(letter, key[at + 1]))
            {
                text.Append(letter).Append(key[++at]);
            }
            else if (letter is '"' or '\\')
            {
                text.Append('\\').Append(letter);
            }
            else if (char.IsControl(letter) || char.IsSurrogate(letter))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                text.Append(letter);
            }
        }
    }

    // Moves behind the key; where there is none gives null and stays where the fault is.
    private static string? Plain(string text, ref int at, bool isFirst)
    {
        if (!isFirst)
        {
            if (text[at] != '.')
            {
                return null;
            }

            at++;
        }

        var length = text.AsSpan(at).IndexOfAny(Syntax);
        var end = length < 0 ? text.Length : at + length;
        if (end == at || (end < text.Length && text[end] is ']' or '"'))
        {
            at = end;
            return null;
        }

        var key = text[at..end];
        if (!ValueText.IsStorable(key))
        {
            return null;
        }

        at = end;
        return key;
    }

    private static string? Quoted(string text, ref int at)
    {
        var end = at + 2;
        while (end < text.Length && text[end] != '"')
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        if (end + 1 >= text.Length || text[at + 1] != '"' || text[end + 1] != ']')
        {
            return null;
        }

        if (Decode(text[(at + 1)..(end + 1)]) is not { } key || !ValueText.IsStorable(key))
        {
            return null;
        }

        at = end + 2;
        return key;
    }

    private static string? Decode(string json)
    {
        try
        {
            return ValueText.IsStorable(json) ? JsonElement.Parse(json).GetString() : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // An unknown escape, or one of half a surrogate pair.
            return null;
        }
    }

    private static string Explain(int at) =>
        $"This is no path from character {at + 1} on: write keys with dots between them, and a key that is empty or holds dots, "
        + "brackets or quotes as a JSON string in brackets, like a[\"b.c\"].d.";
}
