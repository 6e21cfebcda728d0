using System.Globalization;
using System.Text;

namespace DeviceTwin.Api.Hosting;

/// <summary>
/// Text from outside as a log may show it: what is no visible character is escaped, and what is long is cut, or one could forge lines.
/// </summary>
internal static class VisibleText
{
    private const int Longest = 200;

    /// <summary>The text, fit for a log.</summary>
    /// <param name="text">It may hold anything.</param>
    public static string Of(string text)
    {
        var visible = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (IsVisible(letter))
            {
                visible.Append(letter);
            }
            else
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
        }

        return text.Length > Longest ? visible.Append('…').ToString() : visible.ToString();
    }

    private static bool IsVisible(char letter) =>
        char.GetUnicodeCategory(letter)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
            );
}
