using System.Globalization;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>
/// Instants as Go programs write them: RFC 3339 with up to nine fractional digits and any offset, and the year 1 for "not set".
/// What is finer than microseconds, which the stores keep, is cut off.
/// </summary>
internal static class GoTime
{
    private const int DateAndTimeLength = 19;
    private const int FractionLimit = 9;
    private const int KeptDigits = 6;

    /// <summary>Reads an instant as UTC; null is "not set".</summary>
    /// <exception cref="MalformedMessageException">It is no such instant.</exception>
    public static DateTime? Read(ReadOnlySpan<char> text, string field)
    {
        if (
            text.Length > DateAndTimeLength
            && TryReadLocal(text[..DateAndTimeLength], out var local)
            && TryReadFraction(text[DateAndTimeLength..], out var fraction, out var rest)
            && TryReadOffset(rest, out var offset)
        )
        {
            var ticks = local.Ticks + fraction - offset.Ticks;
            if (ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks)
            {
                return ticks == DateTime.MinValue.Ticks ? null : new DateTime(ticks, DateTimeKind.Utc);
            }
        }

        throw new MalformedMessageException($"{field} is not an RFC 3339 instant");
    }

    // By hand: DateTime's own parser allocates with every call.
    private static bool TryReadLocal(ReadOnlySpan<char> text, out DateTime local)
    {
        local = default;
        if (
            text is not [_, _, _, _, '-', _, _, '-', _, _, 'T', _, _, ':', _, _, ':', _, _]
            || !TryReadNumber(text[..4], out var year)
            || !TryReadNumber(text[5..7], out var month)
            || !TryReadNumber(text[8..10], out var day)
            || !TryReadNumber(text[11..13], out var hour)
            || !TryReadNumber(text[14..16], out var minute)
            || !TryReadNumber(text[17..], out var second)
            || year is < 1
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return false;
        }

        local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }

    private static bool TryReadFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text[0] != '.')
        {
            return true;
        }

        var digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > FractionLimit)
        {
            return false;
        }

        var microseconds = 0L;
        for (var place = 0; place < KeptDigits; place++)
        {
            microseconds = (microseconds * 10) + (place < digits ? text[1 + place] - '0' : 0);
        }

        ticks = microseconds * TimeSpan.TicksPerMicrosecond;
        rest = text[(1 + digits)..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is "Z")
        {
            return true;
        }

        if (
            text.Length == 6
            && text[0] is '+' or '-'
            && TimeSpan.TryParseExact(text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out var size)
        )
        {
            offset = text[0] == '-' ? -size : size;
            return true;
        }

        return false;
    }
}
