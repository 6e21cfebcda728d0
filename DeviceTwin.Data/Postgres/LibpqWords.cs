using System.Text;
using System.Text.RegularExpressions;

namespace DeviceTwin.Data.Postgres;

/// <summary>Reads libpq's <c>keyword=value keyword='quoted \' value'</c>.</summary>
internal static partial class LibpqWords
{
    /// <summary>Reads it.</summary>
    /// <param name="text">A connection string in libpq's or Npgsql's form.</param>
    /// <returns>The keywords and values; null when it is Npgsql's form.</returns>
    public static Dictionary<string, string>? TryRead(string text)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (at < text.Length)
        {
            var match = Pair().Match(text, at);
            if (!match.Success || IsNpgsql(match))
            {
                return null;
            }

            words[match.Groups["keyword"].Value] = match.Groups["quoted"].Success
                ? Unescape(match.Groups["quoted"].Value)
                : Unescape(match.Groups["plain"].Value);
            at = match.Index + match.Length;
        }

        // Of one word, "host=db" means the same in both forms.
        return words.Count > 0 ? words : null;
    }

    // A keyword in capitals, or another pair after a semicolon.
    private static bool IsNpgsql(Match pair) =>
        pair.Groups["keyword"].Value.Any(char.IsAsciiLetterUpper) || NextPair().IsMatch(pair.Groups["plain"].Value);

    private static string Unescape(string value)
    {
        var plain = new StringBuilder(value.Length);
        for (var index = 0; index < value.Length; index++)
        {
            if (value[index] == '\\' && index + 1 < value.Length)
            {
                index++;
            }

            plain.Append(value[index]);
        }

        return plain.ToString();
    }

    [GeneratedRegex(
        """\G\s*(?<keyword>[A-Za-z_]+)\s*=\s*('(?<quoted>(\\.|[^'\\])*)'|(?<plain>(\\.|[^\s'\\])*))(\s+|$)""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pair();

    [GeneratedRegex(";([A-Za-z_]+=|$)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NextPair();
}
