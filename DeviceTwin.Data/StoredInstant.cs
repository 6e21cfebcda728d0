namespace DeviceTwin.Data;

/// <summary>The precision of instants that are compared with stored ones: PostgreSQL keeps microseconds.</summary>
public static class StoredInstant
{
    /// <summary>The instant as every store gives it back; without this a message that comes again would look newer than itself.</summary>
    /// <param name="instant">In UTC.</param>
    public static DateTime Of(DateTime instant) =>
        new(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
}
