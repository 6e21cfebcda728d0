namespace DeviceTwin.Api.Twins;

/// <summary>The ids that travel to devices and back.</summary>
public static class ActionIds
{
    /// <summary>A new id: it grows with time and cannot be guessed (RFC 9562, version 7).</summary>
    /// <param name="now">The instant.</param>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");
}
