using System.Globalization;

namespace DeviceTwin.Api.Configuration;

/// <summary>Durations as people write them: <c>250ms</c>, <c>150s</c>, <c>15m</c>, <c>12h</c>, <c>7d</c>, and <c>0</c>.</summary>
public static class Duration
{
    /// <summary>The longest duration that can be configured: ten years, so that no instant minus a duration leaves the calendar.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Reads a duration.</summary>
    /// <param name="text">A whole number and its unit without a space between; or <c>0</c>.</param>
    /// <returns>The duration, or null when the text is none or is longer than a <see cref="TimeSpan"/> can be.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits < 1 || !long.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        var unit = Array.Find(Units, unit => text.AsSpan(digits).SequenceEqual(unit.Name));
        return unit.Ticks == 0 || number > long.MaxValue / unit.Ticks ? null : new TimeSpan(number * unit.Ticks);
    }

    /// <summary>Writes a duration in the largest unit that shows it as a whole number.</summary>
    /// <param name="duration">A duration of whole milliseconds.</param>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0";
        }
        var unit = Array.FindLast(Units, unit => duration.Ticks % unit.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / unit.Ticks}{unit.Name}");
    }
}
