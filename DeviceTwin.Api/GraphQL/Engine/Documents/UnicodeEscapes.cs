using System.Globalization;
using System.Text;
using GraphQLParser.Exceptions;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>
/// The specification of September 2025 has escapes of any length in strings, <c>\u{1F600}</c>, and refuses halves of surrogate
/// pairs. The parser knows neither, so strings are checked and rewritten before it reads them. What a string becomes shorter by
/// is filled with spaces behind it, so that locations in the rest of the document stay right.
/// </summary>
internal static class UnicodeEscapes
{
    private const string Mark = "\\u";
    private const string BlockQuotes = "\"\"\"";
    private const int FixedDigits = 4;

    /// <summary>The document with escapes that the parser reads.</summary>
    /// <param name="text">The document.</param>
    /// <exception cref="GraphQLSyntaxErrorException">An escape is no Unicode scalar value.</exception>
    public static string Rewrite(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var written = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; )
        {
            var end = EndOfToken(text, at);
            if (text[at] == '"' && !IsBlock(text, at))
            {
                RewriteString(text, at, end, written);
            }
            else if (text[at] == '#')
            {
                // The parser looks for escapes in comments, too.
                written.Append(' ', end - at);
            }
            else
            {
                written.Append(text, at, end - at);
            }

            at = end;
        }

        return written.ToString();
    }

    // Comments and strings are whole tokens here, all else is one character; what is not closed the parser complains about.
    private static int EndOfToken(string text, int start)
    {
        if (text[start] == '#')
        {
            var line = text.AsSpan(start).IndexOfAny('\n', '\r');
            return line < 0 ? text.Length : start + line;
        }

        if (text[start] != '"')
        {
            return start + 1;
        }

        var isBlock = IsBlock(text, start);
        for (var at = start + (isBlock ? BlockQuotes.Length : 1); at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"' when !isBlock:
                    return at + 1;
                case '"' when IsBlock(text, at):
                    return at + BlockQuotes.Length;
                case '\n' or '\r' when !isBlock:
                    return at;
                case '\\' when isBlock:
                    at += IsBlock(text, at + 1) ? BlockQuotes.Length : 0;
                    break;
                case '\\':
                    at++;
                    break;
            }
        }

        return text.Length;
    }

    private static bool IsBlock(string text, int at) =>
        string.CompareOrdinal(text, at, BlockQuotes, 0, BlockQuotes.Length) == 0;

    private static void RewriteString(string text, int start, int end, StringBuilder written)
    {
        var before = written.Length;
        for (var at = start; at < end; )
        {
            if (text[at] != '\\')
            {
                written.Append(text[at++]);
            }
            else if (at + 1 < end && text[at + 1] == 'u')
            {
                at += RewriteEscape(text, at, end, written);
            }
            else
            {
                written.Append(text, at, Math.Min(2, end - at));
                at += 2;
            }
        }

        written.Append(' ', Math.Max(0, end - start - (written.Length - before)));
    }

    /// <summary>Writes one scalar value and gives the length of its escape, which may be a pair of two.</summary>
    private static int RewriteEscape(string text, int at, int end, StringBuilder written)
    {
        if (at + Mark.Length < end && text[at + Mark.Length] == '{')
        {
            var close = text.IndexOf('}', at, end - at);
            var digits = close < 0 ? default : text.AsSpan(at + Mark.Length + 1, close - at - Mark.Length - 1);
            AppendShortest(written, Scalar(text, at, Number(digits.TrimStart('0'), isEmptyZero: digits.Length > 0)));
            return close + 1 - at;
        }

        var first = Fixed(text, at, end);
        var second = char.IsHighSurrogate((char)first) && IsFixed(text, at + 6, end) ? Fixed(text, at + 6, end) : 0;
        if (char.IsLowSurrogate((char)second))
        {
            written.Append(text, at, 12);
            return 12;
        }

        _ = Scalar(text, at, first);
        written.Append(text, at, 6);
        return 6;
    }

    private static bool IsFixed(string text, int at, int end) =>
        at + Mark.Length + FixedDigits <= end
        && string.CompareOrdinal(text, at, Mark, 0, Mark.Length) == 0
        && Number(text.AsSpan(at + Mark.Length, FixedDigits)) >= 0;

    private static int Fixed(string text, int at, int end) =>
        IsFixed(text, at, end)
            ? Number(text.AsSpan(at + Mark.Length, FixedDigits))
            : throw Invalid(text, at, "four hexadecimal digits have to follow, or up to 10FFFF in braces");

    private static int Number(ReadOnlySpan<char> digits, bool isEmptyZero = false) =>
        digits.IsEmpty && isEmptyZero ? 0
        : digits.Length <= 6
        && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
        : -1;

    private static int Scalar(string text, int at, int number) =>
        Rune.IsValid(number)
            ? number
            : throw Invalid(text, at, "it is no Unicode scalar value (half of a surrogate pair, or above 10FFFF)");

    // No form is longer than the escape that it stands for, but for control characters that need more than one digit.
    private static void AppendShortest(StringBuilder written, int number)
    {
        if (number is '"' or '\\')
        {
            written.Append('\\').Append((char)number);
        }
        else if (number < ' ' || number == 0x7f)
        {
            written.Append(
                number switch
                {
                    '\b' => "\\b",
                    '\t' => "\\t",
                    '\n' => "\\n",
                    '\f' => "\\f",
                    '\r' => "\\r",
                    _ => $"\\u{number:X4}",
                }
            );
        }
        else
        {
            written.Append(new Rune(number).ToString());
        }
    }

    private static GraphQLSyntaxErrorException Invalid(string text, int at, string why) =>
        new($"Invalid character escape sequence: {why}.", text, at);
}
