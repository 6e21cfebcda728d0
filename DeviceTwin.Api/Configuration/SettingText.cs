using System.Globalization;

namespace DeviceTwin.Api.Configuration;

/// <summary>Values of settings as text: read, described, shown.</summary>
internal static class SettingText
{
    private const int LongestShown = 60;

    /// <summary>Reads a value; null when the text is none of that type.</summary>
    /// <exception cref="FormatException">What is wrong with a list, in words that show none of it.</exception>
    public static object? Parse(Type type, string text)
    {
        if (type == typeof(string))
        {
            return text.Any(char.IsControl) ? null : text;
        }
        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var flag) ? flag : null;
        }
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        }
        if (type == typeof(TimeSpan))
        {
            return Duration.Parse(text);
        }
        if (type == typeof(IReadOnlyList<ClientToken>))
        {
            return ClientToken.ParseList(text);
        }
        // Enum.TryParse would take numbers and lists as well.
        var name = Array.Find(Enum.GetNames(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }

    /// <summary>Whether a number or duration (in seconds) is within limits; other values always are.</summary>
    public static bool IsWithin(object value, double minimum, double maximum) =>
        value switch
        {
            int number => number >= minimum && number <= maximum,
            TimeSpan duration => duration.TotalSeconds >= minimum
                && duration.TotalSeconds <= maximum
                && duration <= Duration.Longest,
            _ => true,
        };

    /// <summary>What a value of that type has to be, as the end of "… must be".</summary>
    public static string Describe(Type type, double minimum, double maximum)
    {
        if (type == typeof(string))
        {
            return "one line of text without control characters";
        }
        if (type == typeof(bool))
        {
            return "true or false";
        }
        if (type == typeof(int))
        {
            var least = (int)Math.Max(minimum, int.MinValue);
            var most = (int)Math.Min(maximum, int.MaxValue);
            return string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        }
        if (type == typeof(TimeSpan))
        {
            var least = Duration.Format(TimeSpan.FromSeconds(Math.Max(minimum, 0)));
            var most = Duration.Format(TimeSpan.FromSeconds(Math.Min(maximum, Duration.Longest.TotalSeconds)));
            return $"a duration from {least} to {most}, written like 250ms, 150s, 15m, 12h or 7d";
        }
        return "one of " + string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()));
    }

    /// <summary>The value as one would write it; null when there is none.</summary>
    public static string? Format(object? value) =>
        value switch
        {
            null or IReadOnlyList<ClientToken> => null,
            TimeSpan duration => Duration.Format(duration),
            bool or Enum => value.ToString()!.ToLowerInvariant(),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };

    /// <summary>Somebody's input, quoted and cut to a length that fits a message.</summary>
    public static string Quote(string text) =>
        text.Length <= LongestShown ? $"\"{text}\"" : $"\"{text[..LongestShown]}…\"";

    /// <summary>The text with everything that could start another line, or steer a terminal, replaced by a space.</summary>
    public static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
