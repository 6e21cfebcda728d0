using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace DeviceTwin.Data.Values;

/// <summary>Text that every store holds: valid Unicode without U+0000.</summary>
public static class ValueText
{
    /// <summary>Stands for a character that cannot be stored.</summary>
    public const char Replacement = '\uFFFD';

    /// <summary>Whether a text can be stored.</summary>
    /// <param name="text">The text.</param>
    public static bool IsStorable(ReadOnlySpan<char> text) => !text.Contains('\0') && LoneSurrogate(text) < 0;

    /// <summary>The text with U+FFFD in place of each character that cannot be stored.</summary>
    /// <param name="text">The text.</param>
    public static string Repair(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Replace(text.Replace('\0', Replacement), _ => Replacement.ToString());
    }

    /// <summary>The text with JSON's escape in place of each half of a surrogate pair, which UTF-8 cannot carry.</summary>
    /// <param name="json">JSON, in which such a half can only stand within a string.</param>
    internal static string EscapeLoneSurrogates(string json) =>
        Replace(json, half => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)half:x4}"));

    /// <summary>Decodes what stands between a JSON string's quotes.</summary>
    /// <param name="escaped">UTF-8 with JSON's escapes.</param>
    /// <param name="text">The text, with all that cannot be stored except malformed UTF-8, which becomes U+FFFD.</param>
    /// <returns>Whether the text can be stored.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> escaped, out string text)
    {
        text = Encoding.UTF8.GetString(escaped);
        if (escaped.Contains((byte)'\\'))
        {
            text = Unescape(text);
            return Utf8.IsValid(escaped) && IsStorable(text);
        }

        // A control character cannot stand there unescaped, nor half of a surrogate pair.
        return Utf8.IsValid(escaped);
    }

    private static string Unescape(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var index = 0; index < escaped.Length; index++)
        {
            if (escaped[index] != '\\')
            {
                text.Append(escaped[index]);
                continue;
            }

            index++;
            text.Append(
                escaped[index] switch
                {
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => (char)
                        ushort.Parse(
                            escaped.AsSpan(index + 1, 4),
                            NumberStyles.AllowHexSpecifier,
                            CultureInfo.InvariantCulture
                        ),
                    var itself => itself,
                }
            );
            index += escaped[index] == 'u' ? 4 : 0;
        }

        return text.ToString();
    }

    private static string Replace(string text, Func<char, string> replacement)
    {
        var lone = LoneSurrogate(text);
        if (lone < 0)
        {
            return text;
        }

        var repaired = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        for (; lone >= 0; lone = LoneSurrogate(rest))
        {
            repaired.Append(rest[..lone]).Append(replacement(rest[lone]));
            rest = rest[(lone + 1)..];
        }

        return repaired.Append(rest).ToString();
    }

    private static int LoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var index = 0; ; index += 2)
        {
            var next = text[index..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
            {
                return -1;
            }

            index += next;
            if (Rune.DecodeFromUtf16(text[index..], out _, out _) != OperationStatus.Done)
            {
                return index;
            }
        }
    }
}
