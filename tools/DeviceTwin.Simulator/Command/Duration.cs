using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>Durations as the service's settings write them: <c>500ms</c>, <c>5s</c>, <c>15m</c>, <c>12h</c>, <c>7d</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a duration of at most a year.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var number = text.TrimEnd("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        var unit = Array.Find(Units, unit => unit.Unit == text[number.Length..]);
        if (
            unit.Unit is null
            || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count > TimeSpan.FromDays(365) / unit.Length
        )
            return false;
        duration = unit.Length * count;
        return true;
    }
}
