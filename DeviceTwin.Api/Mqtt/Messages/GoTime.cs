using System.Globalization;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>
/// Instants as Go programs write them: RFC 3339 with up to nine fractional digits and any offset, and the year 1 for "not set".
/// What is finer than .NET's 100 nanoseconds is cut off.
/// </summary>
internal static class GoTime
{
    private const int DateAndTimeLength = 19;
    private const int FractionLimit = 9;
    private const int TickDigits = 7;

    /// <summary>Reads an instant as UTC; null is "not set".</summary>
    /// <exception cref="MalformedMessageException">It is no such instant.</exception>
    public static DateTime? Read(string text, string field)
    {
        if (
            text.Length > DateAndTimeLength
            && DateTime.TryParseExact(
                text.AsSpan(0, DateAndTimeLength),
                "yyyy-MM-dd'T'HH:mm:ss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local
            )
            && TryReadFraction(text.AsSpan(DateAndTimeLength), out var fraction, out var rest)
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

        for (var place = 0; place < TickDigits; place++)
        {
            ticks = (ticks * 10) + (place < digits ? text[1 + place] - '0' : 0);
        }

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
