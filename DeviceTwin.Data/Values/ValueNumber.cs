using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DeviceTwin.Data.Values;

/// <summary>
/// Numbers that both stores, .NET and JavaScript hold: integers of 64 bits exactly, every other number as an IEEE 754 double. The canonical form
/// is plain decimal notation without exponent, closing zeros and negative zero, which PostgreSQL's jsonb prints unchanged.
/// </summary>
public static class ValueNumber
{
    private const string TooLong = "the number has more than 400 characters; send it as a string.";

    private const string NotExact =
        "the integer is beyond 64 bits and a double does not hold it exactly; send it as a string.";

    private const string TooGreat = "the number is beyond the range of a double (about 1.8e308).";
    private const string TooSmall = "the number is closer to zero than a double can be (about 4.9e-324).";

    /// <summary>Gives a number's canonical form, or what is wrong with it.</summary>
    /// <param name="literal">A JSON number.</param>
    /// <param name="canonical">The canonical form.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryCanonical(
        ReadOnlySpan<byte> literal,
        [NotNullWhen(true)] out string? canonical,
        [NotNullWhen(false)] out string? fault
    )
    {
        canonical = null;
        // Long ones are not even parsed: that costs more than linear time.
        if (literal.Length > ValueLimits.NumberLength)
        {
            fault = TooLong;
            return false;
        }

        var isInteger = literal.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;
        if (
            isInteger
            && long.TryParse(literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
        )
        {
            canonical = whole.ToString(CultureInfo.InvariantCulture);
        }
        else if (!TryDouble(literal, out var number, out fault))
        {
            return false;
        }
        else
        {
            canonical = Plain(number);
            if (isInteger && !EqualsAscii(literal, canonical))
            {
                (canonical, fault) = (null, NotExact);
                return false;
            }
        }

        fault = null;
        return true;
    }

    /// <summary>Reads a number as a double that is finite, and zero only where the number is.</summary>
    /// <param name="literal">A JSON number.</param>
    /// <param name="number">The nearest double; never negative zero.</param>
    public static bool TryDouble(ReadOnlySpan<byte> literal, out double number)
    {
        number = 0;
        return literal.Length <= ValueLimits.NumberLength && TryDouble(literal, out number, out _);
    }

    private static bool TryDouble(ReadOnlySpan<byte> literal, out double number, [NotNullWhen(false)] out string? fault)
    {
        if (
            !double.TryParse(literal, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            || !double.IsFinite(number)
        )
        {
            fault = TooGreat;
            return false;
        }

        if (number == 0)
        {
            var exponent = literal.IndexOfAny((byte)'e', (byte)'E');
            var digits = exponent < 0 ? literal : literal[..exponent];
            fault = digits.IndexOfAnyInRange((byte)'1', (byte)'9') < 0 ? null : TooSmall;
            number = 0;
            return fault is null;
        }

        fault = null;
        return true;
    }

    // The shortest digits that give the same double again, without exponent.
    private static string Plain(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            return text;
        }

        var sign = number < 0 ? "-" : "";
        var digits = text[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        var beforePoint =
            1 + int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return beforePoint <= 0 ? $"{sign}0.{new string('0', -beforePoint)}{digits}"
            : beforePoint >= digits.Length ? sign + digits + new string('0', beforePoint - digits.Length)
            : $"{sign}{digits[..beforePoint]}.{digits[beforePoint..]}";
    }

    private static bool EqualsAscii(ReadOnlySpan<byte> literal, string text) =>
        System.Text.Ascii.Equals(literal, text.AsSpan());
}
