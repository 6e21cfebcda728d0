using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>Times as a Go program writes them into JSON.</summary>
internal static class GoTime
{
    /// <summary>Go's zero time: "not set". A time is never left out of a message.</summary>
    public const string Zero = "0001-01-01T00:00:00Z";

    /// <summary>
    /// RFC 3339 with nine fractional digits; UTC as Z, any other offset as hours and minutes. .NET counts in 100
    /// nanoseconds, so the last two digits are made up: readers have to cope with them.
    /// </summary>
    public static string Write(DateTimeOffset instant)
    {
        var seconds = instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        var nanoseconds = (instant.Ticks * 37 % 100).ToString("D2", CultureInfo.InvariantCulture);
        var offset = instant.Offset == TimeSpan.Zero ? "Z" : instant.ToString("zzz", CultureInfo.InvariantCulture);
        return seconds + nanoseconds + offset;
    }
}
